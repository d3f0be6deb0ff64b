"""A data set's variation at work: what is changed, and the sentences that say so in the data card."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from groklab.data.card import Split
from groklab.data.cleaning import Cleaned
from groklab.data.dataset import DataSet
from groklab.data.label_noise import with_noise
from groklab.data.pixel_order import pixel_order
from groklab.data.train_share import kept
from groklab.errors import UserError

Array = np.ndarray[Any, Any]
Rules = list[str]


def less_to_train_on(
    dataset: DataSet, data: Cleaned, parts: Mapping[Split, Array], names: Sequence[str]
) -> tuple[dict[Split, Array], Rules]:
    """``parts`` with the share of the training part that ``train_fraction`` keeps.

    Raises:
        UserError: A class would have no example left.
    """
    share, rows = dataset.train_fraction, parts["train"]
    if share == 1 or dataset.loads_share:
        return dict(parts), []
    classified, groups = dataset.kind == "classification", data.groups
    first = kept(
        data.keys[rows],
        data.y[rows] if classified else None,
        class_names=names,
        groups=None if groups is None else groups[rows],
        share=share,
        seed=dataset.split_seed,
        where=f"data {dataset.name}",
    )
    how = [*(["each class in its proportion"] if classified else []), *(["groups whole"] if groups is not None else [])]
    rule = f"Of the {len(rows)} examples to train on, train_fraction={share} keeps {len(first)}"
    return {**parts, "train": rows[first]}, [f"{', '.join([rule, *how])}."]


def wrong_labels(dataset: DataSet, y: Array, keys: Array, names: Sequence[str]) -> tuple[Array, Rules]:
    """The targets of the training part with the wrong ones among them that ``label_noise`` asks for.

    Raises:
        UserError: The targets are no classes, or there is but one.
    """
    share = dataset.label_noise
    if share == 0:
        return y, []
    if dataset.kind != "classification" or len(names) < 2:
        what = f"{dataset.kind} has none" if dataset.kind != "classification" else "there is but one"
        raise UserError(f"data {dataset.name}: label_noise={share} takes labels of two classes, and {what}; leave it 0")
    noisy = with_noise(y, keys, share=share, num_classes=len(names), seed=dataset.split_seed)
    changed = int((noisy != y).sum())
    return noisy, [f"Of the {len(y)} labels to train on, label_noise={share} replaces {changed} by another class each."]


def shuffled_pixels(dataset: DataSet, x: Array) -> tuple[dict[str, list[int]], Rules]:
    """The order of the pixels for the card's statistics, where ``shuffle_pixels`` asks for one.

    The images themselves are stored as they are: the order goes where their mean and deviation go, into the network as
    it is trained, exported and served.

    Raises:
        UserError: Examples are no images, or what is said of them is tied to their places.
    """
    if not dataset.shuffle_pixels:
        return {}, []
    if x.ndim != 4 or dataset.kind not in ("classification", "regression"):
        what = f"examples of shape {list(x.shape[1:])}" if x.ndim != 4 else f"images for {dataset.kind}"
        raise UserError(
            f"data {dataset.name}: shuffle_pixels=True takes images [channels, height, width] for classification or "
            f"regression, and these are {what}; leave it false"
        )
    height, width = x.shape[2:]
    order = pixel_order(height * width, seed=dataset.split_seed)
    rule = f"The {height} x {width} pixels of every image come in one random order, the same in all parts and channels."
    return {"pixel_order": order.tolist()}, [rule]
