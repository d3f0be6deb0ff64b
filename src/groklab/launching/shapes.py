"""What makes one job as costly as another."""

from collections.abc import Mapping
from typing import Any

from groklab.files import digest

_COSTS_NOTHING = ("max_epochs", "monitor", "mode", "weights", "checkpoint_every_s", "profiler")


def shape_of(config: Mapping[str, Any]) -> str:
    """Digest of what a step's time and memory depend on; learning rates, strengths and seeds are not among it."""
    trainer = {key: value for key, value in config["trainer"].items() if key not in _COSTS_NOTHING}
    second = config.get("discriminator") or {}
    return digest(
        {
            **{key: config[key] for key in ("data", "architecture", "activation", "task")},
            "folded": config["fold"] is not None,
            "loss": config["loss"]["_target_"],
            "optimizer": config["optimizer"]["_target_"],
            "regularizer": sorted(config["regularizer"] or {}),
            "trainer": trainer,
            "discriminator": second
            and {
                "architecture": second["architecture"],
                "optimizer": second["optimizer"]["_target_"],
                "regularizer": sorted(second["regularizer"] or {}),
            },
        }
    )
