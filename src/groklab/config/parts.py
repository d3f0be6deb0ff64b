"""The places of a config that hold a part: what may stand there and what groklab itself hands to it."""

import importlib
from dataclasses import dataclass
from functools import cache
from types import NoneType


@dataclass(frozen=True)
class Place:
    """A place for a part.

    Args:
        bases: Dotted names of classes one of which a part must derive from.
        given: Constructor arguments that groklab fills, so that no config may.
        labelled: Whether the place holds several parts by name, each name an option of the group.
    """

    bases: tuple[str, ...]
    given: frozenset[str] = frozenset()
    labelled: bool = False

    def classes(self) -> tuple[type, ...]:
        """The classes of ``bases``."""
        found = []
        for name in self.bases:
            module, _, attribute = name.rpartition(".")
            found.append(getattr(importlib.import_module(module), attribute))
        return tuple(found)


@dataclass(frozen=True)
class Setting:
    """A key of the root that is no part.

    Args:
        types: Of its value, exactly.
        lowest: Smallest integer.
        several: Whether a list of such values may stand there: a job then takes them in turn.
    """

    types: tuple[type, ...]
    lowest: int = 0
    several: bool = False


@cache
def places() -> dict[str, Place]:
    """Every place by its dotted path, in the order in which parts are checked."""
    known = {
        "data": Place(("groklab.data.dataset.DataSet",)),
        "architecture": Place(("torch.nn.Module",), frozenset({"activation", "norm", "drop"})),
        "activation": Place(("torch.nn.Module",)),
        "regularizer": Place(
            ("torch.nn.Module", "pytorch_lightning.Callback"),
            frozenset({"num_features", "loss", "network"}),
            labelled=True,
        ),
        "task": Place(
            ("pytorch_lightning.LightningModule",),
            frozenset(
                {
                    "network",
                    "loss",
                    "opponent",
                    "limits",
                    "penalties",
                    "optimizer",
                    "scheduler",
                    "augmentations",
                    "mixture",
                    "constraints",
                    "average",
                    "target_scale",
                    "seed",
                }
            ),
        ),
        "loss": Place(("torch.nn.Module",)),
        "optimizer": Place(("torch.optim.Optimizer",), frozenset({"params"})),
        "scheduler": Place(("torch.optim.lr_scheduler.LRScheduler",), frozenset({"optimizer"})),
        "trainer": Place(("groklab.training.fit.Fit",)),
        "tracking": Place(("groklab.tracking.mlflow.MLflow", "groklab.tracking.none.NoTracking")),
        "baseline": Place(("sklearn.base.BaseEstimator",), labelled=True),
        "evaluation": Place(("groklab.evaluation.evaluation.Evaluation",)),
    }
    return known | {f"{GROUP}.{name}": known[name] for name in WITHIN}


# A config may have a second network with all that trains it: places of the same kinds, within one group.
GROUP, WITHIN = "discriminator", ("architecture", "regularizer", "optimizer", "scheduler")
# Keys of the root that are no parts.
SETTINGS: dict[str, Setting] = {
    "name": Setting((str,)),
    "seed": Setting((int,), lowest=0, several=True),
    "seeds": Setting((int,), lowest=1),
    "fold": Setting((int, NoneType), lowest=0, several=True),
    "folds": Setting((int,), lowest=2),
    "preview": Setting((bool,)),
    "force": Setting((bool,)),
    "test": Setting((bool,)),
    "publish": Setting((bool,)),
}
