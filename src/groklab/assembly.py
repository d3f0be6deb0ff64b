"""The composition root: the only place that turns a config into objects."""

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from pytorch_lightning import Callback
from torch import nn

from groklab.data.card import Card
from groklab.data.dataset import DataSet
from groklab.data.scaling import Standardize
from groklab.errors import UserError
from groklab.evaluation.evaluation import Evaluation
from groklab.layers.in_turn import InTurn
from groklab.layers.pixel_order import PixelOrder
from groklab.regularizers.penalty import Penalty
from groklab.seeds import derive
from groklab.tasks.losses import check_loss
from groklab.tasks.task import Task
from groklab.training.fit import Fit

_ONE_ALONE = ("norm", "drop", "batch", "loss", "average")
OF_DISCRIMINATORS, DISCRIMINATORS = ("gradient", "weight_form"), "regularizer@discriminator.regularizer"
_TASKS = {
    "classification": "task=classification loss=cross_entropy",
    "regression": "task=regression loss=mse",
    "language": "task=language loss=next_token",
    "generation": "experiment=mnist5k_gan",
    "super_resolution": "task=super_resolution loss=mae",
    "detection": "task=detection loss=focal_iou",
    "transcription": "task=transcription loss=ctc",
}


@dataclass(frozen=True)
class Regularizers:
    """A list of regularizers, by what they plug into.

    Args:
        penalties: Terms of the loss.
        layers: Factories for an architecture's slots.
        augmentations: What changes inputs, with the name of its entry.
        mixture: What changes inputs and targets together.
        loss: Makes another loss of the loss.
        constraints: What changes weights after a step.
        average: Makes a running average of a network.
        procedures: Lightning callbacks.
    """

    penalties: dict[str, Penalty] = field(default_factory=dict)
    layers: dict[str, Callable[..., nn.Module]] = field(default_factory=dict)
    augmentations: dict[str, nn.Module] = field(default_factory=dict)
    mixture: nn.Module | None = None
    loss: Callable[..., nn.Module] | None = None
    constraints: list[nn.Module] = field(default_factory=list)
    average: Callable[..., nn.Module] | None = None
    procedures: list[Callback] = field(default_factory=list)


def build(node: Mapping[str, Any], *, where: str, **given: Any) -> Any:
    """Construct what ``_target_`` names; ``node`` has been checked.

    Raises:
        UserError: The constructor refuses the values.
    """
    arguments = {key: value for key, value in node.items() if key != "_target_"}
    try:
        return class_of(node)(**given, **arguments)
    except (ValueError, TypeError) as error:
        named = (f".{key}={value}" for key, value in arguments.items() if str(value) in str(error))
        raise UserError(f"{where}{next(named, '')}: {error}") from error


def build_dataset(config: Mapping[str, Any]) -> DataSet:
    """The data set of ``config``."""
    dataset: DataSet = build(config["data"], where="data")
    return dataset


def build_fit(config: Mapping[str, Any]) -> Fit:
    """How ``config`` trains."""
    fit: Fit = build(config["trainer"], where="trainer")
    return fit


def build_evaluation(config: Mapping[str, Any]) -> Evaluation:
    """How ``config`` scores predictions."""
    evaluation: Evaluation = build(config["evaluation"], where="evaluation")
    return evaluation


def build_baselines(config: Mapping[str, Any]) -> dict[str, Any]:
    """Scikit-learn estimators by name."""
    return {name: build(node, where=f"baseline.{name}") for name, node in (config["baseline"] or {}).items()}


def build_tracking(config: Mapping[str, Any]) -> Any:
    """Where ``config``'s runs are shown."""
    return build(config["tracking"], where="tracking")


def build_regularizers(config: Mapping[str, Any], card: Card, *, at: str = "regularizer") -> Regularizers:
    """The list of regularizers, for data described by ``card``; ``at`` is where it stands, for messages.

    Raises:
        UserError: Two of them fill the same slot, one does not suit the data, or one plugs in nowhere.
    """
    found: dict[str, Any] = {"penalties": {}, "layers": {}, "augmentations": {}, "constraints": [], "procedures": []}
    moves: list[nn.Module] = []
    filled: dict[str, str] = {}
    for name, node in (config["regularizer"] or {}).items():
        part, where = class_of(node), f"{at}.{name}"
        slot = getattr(part, "slot", None)
        _check_inputs(part, card, where)
        if slot in _ONE_ALONE:
            if slot in filled:
                raise UserError(f"{where}: {filled[slot]} and {name} both fill the slot {slot}; keep one of them")
            filled[slot] = name
        make = functools.partial(build, node, where=where)
        if issubclass(part, Penalty):
            found["penalties"][name] = make()
        elif issubclass(part, Callback):
            found["procedures"].append(make())
        elif slot in ("norm", "drop"):
            found["layers"][slot] = make
        elif slot == "input":
            found["augmentations"][name] = make()
        elif slot == "batch":
            found["mixture"] = make()
        elif slot == "boxes":
            moves.append(make())
            found["mixture"] = InTurn(moves)
        elif slot == "weights":
            found["constraints"].append(make())
        elif slot in ("loss", "average"):
            found[slot] = make
        elif slot in OF_DISCRIMINATORS:
            raise UserError(f"{where}: it is for a discriminator; give it as {DISCRIMINATORS}=[{name}]")
        else:
            raise UserError(f"{where}: {part.__name__} is neither a Penalty, nor a layer with a slot, nor a callback")
    return Regularizers(**found)


def _check_inputs(part: type, card: Card, where: str) -> None:
    images = card.inputs == "numbers" and len(card.shape) == 3
    wanted, kinds = getattr(part, "inputs", None), getattr(part, "kinds", (card.kind,))
    if card.kind not in kinds:
        raise UserError(
            f"{where}: {part.__name__} is for {' or '.join(kinds)}, but data {card.name} is for {card.kind}; remove it "
            "from regularizer=[...] or choose other data"
        )
    if wanted not in (None, card.inputs) and not (wanted == "images" and images):
        raise UserError(
            f"{where}: {part.__name__} is for {wanted}, but an example of data {card.name} is "
            f"{list(card.shape)} {card.inputs}; remove it from regularizer=[...] or choose other data"
        )


def build_network(config: Mapping[str, Any], regularizers: Regularizers, *, stream: str = "weights") -> nn.Module:
    """The network, its weights a function of the config's seed alone.

    Raises:
        UserError: A regularizer's slot is not one that the architecture has, or the constructor refuses the values.
    """
    node = config["architecture"]
    slots = inspect.signature(class_of(node)).parameters
    given: dict[str, Any] = {}
    for slot, make in regularizers.layers.items():
        if slot not in slots:
            name = class_of(node).__name__
            raise UserError(
                f"regularizer: {name} has no place for a {slot} layer; remove it from regularizer=[...] or choose "
                "another architecture"
            )
        given[slot] = functools.partial(_norm, make) if slot == "norm" else make
    if "activation" in slots:
        given["activation"] = functools.partial(build, config["activation"], where="activation")
    torch.manual_seed(derive(config["seed"], stream))
    network: nn.Module = build(node, where="architecture", **given)
    return network


def build_task(config: Mapping[str, Any], card: Card, regularizers: Regularizers) -> Task:
    """The Lightning module of ``config`` for data described by ``card``.

    Raises:
        UserError: Data, task and loss do not fit each other.
    """
    kind = config["task"]["kind"]
    if card.kind != kind and (card.kind, kind) != ("classification", "generation"):  # their images can be drawn too
        raise UserError(f"task.kind: data {card.name} is for {card.kind}, the task is {kind}; add {_TASKS[card.kind]}")
    if "opponent" in inspect.signature(class_of(config["task"])).parameters:
        from groklab.adversary import build_adversarial

        return build_adversarial(config, card, regularizers)
    if config.get("discriminator"):
        raise UserError(f"discriminator: the task {kind} has no use for one; remove it")
    loss = build(config["loss"], where="loss")
    check_loss(loss, kind)
    task: Task = build(
        config["task"],
        where="task",
        network=build_network(config, regularizers),
        loss=regularizers.loss(loss=loss) if regularizers.loss else loss,
        penalties=regularizers.penalties,
        optimizer=lambda parameters: build(config["optimizer"], where="optimizer", params=parameters),
        scheduler=lambda optimizer: build(config["scheduler"], where="scheduler", optimizer=optimizer),
        augmentations=list(regularizers.augmentations.values()),
        mixture=regularizers.mixture,
        constraints=regularizers.constraints,
        average=(lambda network: regularizers.average(network=network)) if regularizers.average else None,
        target_scale=target_scale(card),
        seed=config["seed"],
    )
    return task


def input_scale(card: Card) -> nn.Module:
    """Standardization of the inputs by the training part, and their order of pixels; tokens stay as they are."""
    if card.inputs == "tokens":
        return nn.Identity()
    scale = Standardize(card.statistics["x_mean"], card.statistics["x_std"])
    order = card.statistics.get("pixel_order")
    return scale if order is None else nn.Sequential(PixelOrder(order), scale)


def target_scale(card: Card) -> Standardize | None:
    """Standardization of targets that have units; larger images share that of the smaller ones."""
    which = {"regression": "y", "super_resolution": "x"}.get(card.kind)
    return None if which is None else Standardize(*(card.statistics[f"{which}_{name}"] for name in ("mean", "std")))


def _norm(make: Callable[..., nn.Module], size: int) -> nn.Module:
    return make(num_features=size)


def class_of(node: Mapping[str, Any]) -> type:
    """The class that ``_target_`` names."""
    module, _, name = str(node["_target_"]).rpartition(".")
    found: type = getattr(importlib.import_module(module), name)
    return found
