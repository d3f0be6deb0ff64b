"""Features of images by which drawn and real ones are compared."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64
from numpy.typing import NDArray
from torch import nn

from groklab.answering.opening import find_run, open_run
from groklab.answering.trained import Trained, in_batches
from groklab.data.card import CARD, Card
from groklab.errors import UserError
from groklab.files import read_json

_MOST_FITTED = 5000  # images that the components are of
_EVERY = 1000  # images at once


def check_classifier(config: Mapping[str, Any], *, shape: tuple[int, ...], root: Path) -> str | None:
    """The run of the classifier that ``config`` scores with; None for none.

    Raises:
        UserError: It is not trained, or is for something else than images of this shape.
    """
    name = config["evaluation"]["classifier"]
    if name is None:
        return None
    try:
        folder = find_run(name, root=root)
    except UserError:
        raise UserError(
            f"evaluation.classifier: there is no trained {name} in {root / 'models'} or {root / 'runs'}, by whose "
            "features the images are compared; train it first: "
            f"python pipelines/train.py experiment={name} publish=true"
        ) from None
    card = Card.read(folder / CARD)
    if card.kind != "classification" or tuple(card.shape) != tuple(shape):
        raise UserError(
            f"evaluation.classifier: {name} is for {card.kind} of examples {list(card.shape)}, the images are "
            f"{list(shape)}; name a classifier of such images"
        )
    return str(read_json(folder / "status.json")["run"])


class Features:
    """Components of what a classifier's last layer is given, or of pixels over their deviation, and the class.

    Args:
        classifier: Whose features; None for pixels.
        num_features: Components, at most.
        images: Those of the training part, of which the components are.
    """

    def __init__(self, classifier: Trained | None, *, num_features: int, images: NDArray[Any]) -> None:
        self.classifier = classifier
        self.unit = max(float(np.std(images)), 1e-6)
        fitted = self._raw(np.asarray(images[:: -(-len(images) // _MOST_FITTED)]))[0]
        self.mean = fitted.mean(0)
        _, components = np.linalg.eigh(np.cov(fitted, rowvar=False))
        self.components = components[:, ::-1][:, :num_features]

    def __call__(self, images: NDArray[Any]) -> Float64[np.ndarray, "images features_and_class"]:
        """Features of images in the data's units; the last column is the class that each is taken for, or -1."""
        raw, classes = self._raw(images)
        return np.column_stack([(raw - self.mean) @ self.components, classes])

    def _raw(self, images: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self.classifier is None:
            return np.asarray(images, np.float64).reshape(len(images), -1) / self.unit, np.full(len(images), -1.0)
        kept: list[torch.Tensor] = []
        model = self.classifier.model
        hook = last_layer(model).register_forward_pre_hook(lambda _, given: kept.append(given[0].flatten(1)))
        try:
            said = in_batches(model, np.asarray(images, np.float32), size=_EVERY)
        finally:
            hook.remove()
        return torch.cat(kept).double().numpy(), said.argmax(1).astype(np.float64)


def open_features(run: Trained, *, root: Path) -> Features:
    """The features by which ``run``'s images are compared.

    Raises:
        UserError: As :func:`check_classifier`.
    """
    asked = run.config["evaluation"]
    check_classifier(run.config, shape=tuple(run.prepared.card.shape), root=root)
    classifier = open_run(asked["classifier"], root=root) if asked["classifier"] is not None else None
    return Features(classifier, num_features=asked["num_features"], images=np.asarray(run.prepared.open("train").x))


def last_layer(model: nn.Module) -> nn.Module:
    """The last affine map of a classifier.

    Raises:
        UserError: It has none.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    if not layers:
        raise UserError(
            "evaluation.classifier: it has no affine map at its end; name one with architecture=cnn or resnet"
        )
    return layers[-1]
