"""Which answering is whose."""

import importlib

from groklab.answering.answering import Answering
from groklab.kinds import Kind

_CLASSES: dict[Kind, str] = {
    "classification": "classification.Classification",
    "regression": "regression.Regression",
    "language": "language.Language",
    "generation": "generation.Generation",
    "detection": "detection.Detection",
    "transcription": "transcription.Transcription",
    "super_resolution": "super_resolution.SuperResolution",
}


def answering_of(kind: Kind) -> Answering:
    """How networks of a kind are asked; only that kind's module is imported."""
    module, _, name = _CLASSES[kind].partition(".")
    found: Answering = getattr(importlib.import_module(f"groklab.answering.{module}"), name)()
    return found
