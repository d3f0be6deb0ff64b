"""Images that a generator draws."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import clone

from groklab.answering.answering import Answering, Rows, Shown
from groklab.answering.features import Features, check_classifier, open_features
from groklab.answering.trained import Trained, in_batches
from groklab.data.card import Split
from groklab.data.prepared import Arrays, Prepared
from groklab.errors import UserError
from groklab.evaluation.predictions import Predictions
from groklab.seeds import derive
from groklab.tasks.gallery import SAMPLES
from groklab.tasks.latents import arcs, latents
from groklab.tasks.sample_quality import COLLAPSED

_A_CLASS, _STEPS, _NEAREST = 10, 9, 8


class Generation(Answering):
    """Outputs are features of as many drawn images as are held out, of the same classes."""

    kind = "generation"

    def __init__(self) -> None:
        self._features: Features | None = None

    def scored_with(self, config: Mapping[str, Any], prepared: Prepared) -> dict[str, Any]:
        """``features``: the classifier and its run."""
        run = check_classifier(config, shape=tuple(prepared.card.shape), root=Path())
        return {"features": {"classifier": config["evaluation"]["classifier"], "run": run}}

    def predictions(self, run: Trained, split: Split) -> Predictions:
        """Features of drawn images beside those of the images held out."""
        return self._compared(run, split, drawn_like(run, run.prepared.open(split)), watched=True)

    def baselines(
        self, run: Trained, estimators: Mapping[str, Any], split: Split, *, memo: Path | None
    ) -> dict[str, Predictions]:
        """The same of what each estimator draws, fitted to the training part; it is quick, so nothing is kept."""
        train, labels = run.prepared.open("train"), labels_of(run, run.prepared.open(split))
        found = {}
        for name, estimator in estimators.items():
            fitted = clone(estimator).fit(np.asarray(train.x), labels_of(run, train))
            images = fitted.sample(labels, seed=derive(run.config["seed"], "baseline"))
            found[name] = self._compared(run, split, images)
        return found

    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """Features of drawn images."""
        return self._of(run)(drawn_like(run, arrays))

    def shown(self, run: Trained, predictions: Predictions) -> Shown:
        """``samples`` by class, ``interpolations``, ``nearest`` training images; ``samples_by_epoch`` and
        ``interpolations_by_epoch``."""
        from groklab.evaluation.image_grid import image_grid

        names = class_names(run)
        columns = np.repeat(np.arange(len(names)), _A_CLASS)
        samples = draw(run, columns, seed=1).reshape(len(names), _A_CLASS, *run.prepared.card.shape)
        figures = {
            "samples": image_grid(samples, "Drawn images", names if len(names) > 1 else []),
            "interpolations": image_grid(
                interpolations(run), "From one draw to another", names if len(names) > 1 else []
            ),
            "nearest": image_grid(nearest(run), "Drawn, and below the nearest of training", []),
        }
        if (run.folder / SAMPLES).is_file():
            with np.load(run.folder / SAMPLES, allow_pickle=False) as kept:
                rows = [f"epoch {epoch}" for epoch in kept["epochs"].tolist()]
                figures["samples_by_epoch"] = image_grid(kept["images"], "The same noise as the generator learns", rows)
                figures["interpolations_by_epoch"] = image_grid(
                    kept["arcs"], "From one draw to another as it learns", rows
                )
        return figures, {}

    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """None: answers are images."""
        return []

    def answer(self, run: Trained, path: Path, output: Path | None) -> str:
        """Refuse: a generator takes no examples.

        Raises:
            UserError: Always.
        """
        raise UserError(f"input={path}: a generator draws without one; give output=FILE.png or output=FOLDER instead")

    def _of(self, run: Trained) -> Features:
        if self._features is None:  # an answering is for one run
            self._features = open_features(run, root=Path())
        return self._features

    def _compared(self, run: Trained, split: Split, images: NDArray[Any], *, watched: bool = False) -> Predictions:
        arrays, features = run.prepared.open(split), self._of(run)
        outputs, targets = features(images), features(np.asarray(arrays.x))
        variety = outputs[:, :-1].var(0).sum() / max(targets[:, :-1].var(0).sum(), 1e-12)
        collapsed = f"its images vary {variety:.0%} as much as the held-out ones: it has collapsed"
        return Predictions(
            outputs,
            targets,
            keys=np.array(arrays.keys),
            split=split,
            kind=self.kind,
            notes=(collapsed,) if watched and variety < COLLAPSED else (),
        )


def num_classes(run: Trained) -> int:
    """Classes that the generator knows; 1 for none."""
    return int(run.config["task"]["num_classes"])


def class_names(run: Trained) -> list[str]:
    """Their names."""
    known = run.prepared.card.class_names or []
    return list(known) if len(known) == num_classes(run) else [str(number) for number in range(num_classes(run))]


def labels_of(run: Trained, arrays: Arrays) -> NDArray[np.int64]:
    """Classes as the generator knows them."""
    y = np.asarray(arrays.y, np.int64)
    return y if num_classes(run) > 1 else np.zeros(len(y), np.int64)


def drawn_like(run: Trained, arrays: Arrays) -> NDArray[Any]:
    """Images of the same classes as those of a part."""
    return draw(run, labels_of(run, arrays), seed=derive(run.config["seed"], "samples"))


def draw(run: Trained, classes: NDArray[np.integer[Any]], *, seed: int) -> NDArray[Any]:
    """An image a class number, in the data's units and type."""
    asked = torch.from_numpy(np.array(classes, np.int64))
    source = latents(asked, num_latents=run.config["task"]["num_latents"], num_classes=num_classes(run), seed=seed)
    return in_units(run, source)


def in_units(run: Trained, source: torch.Tensor) -> NDArray[Any]:
    """Images of noise; whole numbers where the data are."""
    images = in_batches(run.model, source.numpy())
    whole = run.prepared.card.ranges["x"] == [0.0, 255.0]
    return np.rint(images).astype(np.uint8) if whole else images.astype(np.float32)


def interpolations(run: Trained) -> NDArray[Any]:
    """A row a class: images of noise on the arc from one draw to another."""
    count = num_classes(run) if num_classes(run) > 1 else 4
    size = run.config["task"]["num_latents"]
    classes = torch.arange(count) % num_classes(run)
    source = arcs(classes, num_latents=size, num_classes=num_classes(run), steps=_STEPS, seeds=(2, 3))
    images = in_units(run, source.flatten(0, 1))
    return images.reshape(count, _STEPS, *images.shape[1:])


def nearest(run: Trained) -> NDArray[Any]:
    """Two rows: drawn images, and below each the training image whose pixels are nearest."""
    images = draw(run, np.arange(_NEAREST) % num_classes(run), seed=4)
    train = np.asarray(run.prepared.open("train").x)
    flat, known = (np.asarray(of, np.float32).reshape(len(of), -1) for of in (images, train))
    distances = np.square(known).sum(1) - 2 * flat @ known.T
    return np.stack([images, train[distances.argmin(1)]])
