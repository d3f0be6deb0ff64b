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
from groklab.regularizers.penalty import Penalty
from groklab.seeds import derive
from groklab.tasks.supervised import Supervised
from groklab.training.fit import Fit


@dataclass(frozen=True)
class Regularizers:
    """A list of regularizers, by what they plug into."""

    penalties: dict[str, Penalty] = field(default_factory=dict)
    layers: dict[str, Callable[..., nn.Module]] = field(default_factory=dict)
    procedures: list[Callback] = field(default_factory=list)


def build(node: Mapping[str, Any], *, where: str, **given: Any) -> Any:
    """Construct what ``_target_`` names; ``node`` has been checked.

    Raises:
        UserError: The constructor refuses the values.
    """
    arguments = {key: value for key, value in node.items() if key != "_target_"}
    try:
        return _class(node)(**given, **arguments)
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


def build_regularizers(config: Mapping[str, Any]) -> Regularizers:
    """The list of regularizers.

    Raises:
        UserError: Two of them fill the same slot, or one is none of the three kinds.
    """
    penalties: dict[str, Penalty] = {}
    layers: dict[str, Callable[..., nn.Module]] = {}
    filled: dict[str, str] = {}
    procedures: list[Callback] = []
    for name, node in (config["regularizer"] or {}).items():
        part, where = _class(node), f"regularizer.{name}"
        if issubclass(part, Penalty):
            penalties[name] = build(node, where=where)
        elif issubclass(part, Callback):
            procedures.append(build(node, where=where))
        elif slot := getattr(part, "slot", None):
            if slot in filled:
                raise UserError(f"{where}: {filled[slot]} and {name} both fill the slot {slot}; keep one of them")
            filled[slot] = name
            layers[slot] = functools.partial(build, node, where=where)
        else:
            raise UserError(f"{where}: {part.__name__} is neither a Penalty, nor a layer with a slot, nor a callback")
    return Regularizers(penalties, layers, procedures)


def build_network(config: Mapping[str, Any], regularizers: Regularizers) -> nn.Module:
    """The network, its weights a function of the config's seed alone.

    Raises:
        UserError: A regularizer's slot is not one that the architecture has, or the constructor refuses the values.
    """
    node = config["architecture"]
    slots = inspect.signature(_class(node)).parameters
    given: dict[str, Any] = {}
    for slot, make in regularizers.layers.items():
        if slot not in slots:
            name = _class(node).__name__
            raise UserError(
                f"regularizer: {name} has no place for a {slot} layer; remove it from regularizer=[...] or choose "
                "another architecture"
            )
        given[slot] = functools.partial(_norm, make) if slot == "norm" else make
    if "activation" in slots:
        given["activation"] = functools.partial(build, config["activation"], where="activation")
    torch.manual_seed(derive(config["seed"], "weights"))
    network: nn.Module = build(node, where="architecture", **given)
    return network


def build_task(config: Mapping[str, Any], card: Card, regularizers: Regularizers) -> Supervised:
    """The Lightning module of ``config`` for data described by ``card``.

    Raises:
        UserError: Data, task and loss do not fit each other.
    """
    kind = config["task"]["kind"]
    if card.kind != kind:
        mend = "loss=mse" if card.kind == "regression" else "loss=cross_entropy"
        raise UserError(
            f"task.kind: data {card.name} is for {card.kind}, the task is {kind}; add task={card.kind} {mend}"
        )
    task: Supervised = build(
        config["task"],
        where="task",
        network=build_network(config, regularizers),
        loss=build(config["loss"], where="loss"),
        penalties=regularizers.penalties,
        optimizer=lambda parameters: build(config["optimizer"], where="optimizer", params=parameters),
        scheduler=lambda optimizer: build(config["scheduler"], where="scheduler", optimizer=optimizer),
        target_scale=target_scale(card),
        seed=config["seed"],
    )
    return task


def input_scale(card: Card) -> Standardize:
    """Standardization of the inputs by the training part."""
    return Standardize(card.statistics["x_mean"], card.statistics["x_std"])


def target_scale(card: Card) -> Standardize | None:
    """Standardization of the targets by the training part (regression)."""
    if card.kind == "classification":
        return None
    return Standardize(card.statistics["y_mean"], card.statistics["y_std"])


def _norm(make: Callable[..., nn.Module], size: int) -> nn.Module:
    return make(num_features=size)


def _class(node: Mapping[str, Any]) -> type:
    module, _, name = str(node["_target_"]).rpartition(".")
    found: type = getattr(importlib.import_module(module), name)
    return found
