"""The discriminator of a config, and the task in which it opposes the generator."""

import inspect
from collections.abc import Mapping
from typing import Any

import torch

from groklab.assembly import (
    DISCRIMINATORS,
    OF_DISCRIMINATORS,
    Regularizers,
    build,
    build_network,
    build_regularizers,
    class_of,
    target_scale,
)
from groklab.data.card import Card
from groklab.data.scaling import Standardize
from groklab.errors import UserError
from groklab.tasks.adversarial_losses import AdversarialLoss
from groklab.tasks.opponent import Opponent
from groklab.tasks.task import Task

_AT = "discriminator.regularizer"


def build_adversarial(config: Mapping[str, Any], card: Card, regularizers: Regularizers) -> Task:
    """The Lightning module of a config that has a discriminator.

    Raises:
        UserError: It has none, or the parts do not fit each other.
    """
    kind = config["task"]["kind"]
    _check_judge(config, kind)
    loss = build(config["loss"], where="loss")
    if not isinstance(loss, AdversarialLoss):
        raise UserError(
            f"loss: {type(loss).__name__} is no adversarial loss; choose loss=non_saturating, loss=hinge, "
            "loss=least_squares or loss=wasserstein"
        )
    if "pixel_order" in card.statistics:
        raise UserError("data.shuffle_pixels=True: a generator would draw no image that a user knows; leave it false")
    maker = class_of(config["architecture"])
    if kind == "generation" and "num_latents" not in inspect.signature(maker).parameters:
        raise UserError(f"architecture: {maker.__name__} makes no images of noise; choose architecture=dcgan_generator")
    for name, node in (config["regularizer"] or {}).items():
        slot = getattr(class_of(node), "slot", None)
        if slot in ("input", "loss") or (slot == "batch" and kind == "generation"):
            hint = f"; give it as {DISCRIMINATORS}=[{name}]" if slot == "input" else "; remove it"
            raise UserError(
                f"regularizer.{name}: a generator has no {'classes' if slot == 'loss' else 'images'} that "
                f"{class_of(node).__name__} could change{hint}"
            )
    given: dict[str, Any] = {"mixture": regularizers.mixture} if regularizers.mixture else {}
    if kind == "generation":
        given |= {"limits": tuple(card.ranges["x"] or (0.0, 255.0))}
    task: Task = build(
        config["task"],
        where="task",
        network=build_network(config, regularizers),
        loss=loss,
        opponent=build_opponent(config, card),
        penalties=regularizers.penalties,
        optimizer=lambda parameters: build(config["optimizer"], where="optimizer", params=parameters),
        scheduler=lambda optimizer: build(config["scheduler"], where="scheduler", optimizer=optimizer),
        constraints=regularizers.constraints,
        average=(lambda network: regularizers.average(network=network)) if regularizers.average else None,
        target_scale=image_scale(card) if kind == "generation" else target_scale(card),
        seed=config["seed"],
        **given,
    )
    return task


def build_opponent(config: Mapping[str, Any], card: Card) -> Opponent:
    """The discriminator, its weights a function of the config's seed alone.

    Raises:
        UserError: A regularizer has no place in a discriminator.
    """
    node = config["discriminator"]
    chosen = node["regularizer"] or {}
    special = {
        name: part for name, part in chosen.items() if getattr(class_of(part), "slot", None) in OF_DISCRIMINATORS
    }
    others = {name: part for name, part in chosen.items() if name not in special}
    regularizers = build_regularizers({**config, "regularizer": others}, card, at=_AT)
    if regularizers.loss or regularizers.average or regularizers.mixture or regularizers.procedures:
        refused = next(name for name, part in others.items() if not _suits(class_of(part)))
        raise UserError(f"{_AT}.{refused}: it has no place in a discriminator; give it as regularizer=[{refused}]")
    network = build_network({**config, "architecture": node["architecture"]}, regularizers, stream="discriminator")
    built = {name: build(part, where=f"{_AT}.{name}") for name, part in special.items()}
    torch.manual_seed(config["seed"])  # the power iteration begins at random
    for part in built.values():
        if part.slot == "weight_form":
            part(network)
    return Opponent(
        network,
        optimizer=lambda parameters: build(node["optimizer"], where="discriminator.optimizer", params=parameters),
        scheduler=lambda optimizer: build(node["scheduler"], where="discriminator.scheduler", optimizer=optimizer),
        penalties=regularizers.penalties,
        gradient_penalties={name: part for name, part in built.items() if part.slot == "gradient"},
        augmentations=list(regularizers.augmentations.values()),
        constraints=regularizers.constraints,
    )


def _check_judge(config: Mapping[str, Any], kind: str) -> None:
    suiting = "dcgan" if kind == "generation" else "patch"
    if not config.get("discriminator"):
        raise UserError(f"discriminator: the task needs one; add discriminator={suiting}")
    judge = class_of(config["discriminator"]["architecture"])
    if kind == "super_resolution" and getattr(judge, "whole_images", False):
        raise UserError(f"discriminator: {judge.__name__} judges images of one size; choose discriminator={suiting}")
    classes = config["task"].get("num_classes", 1)
    if classes > 1 and "num_classes" not in inspect.signature(judge).parameters:
        raise UserError(
            f"discriminator: {judge.__name__} sees no classes, so none of the {classes} would be learnt; choose "
            f"discriminator={suiting}, or task.num_classes=1"
        )


def image_scale(card: Card) -> Standardize:
    """From the data's range to -1..1, as generators draw."""
    lowest, highest = card.ranges["x"] or (0.0, 255.0)
    middle, half = (lowest + highest) / 2, max((highest - lowest) / 2, 1e-6)
    return Standardize([middle], [half])


def _suits(part: type) -> bool:
    return getattr(part, "slot", "penalty") in (
        "penalty",
        "norm",
        "drop",
        "input",
        "weights",
    ) and part.__module__.startswith("groklab")
