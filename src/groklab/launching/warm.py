"""What a job needs, imported once by the process that jobs are forked from."""

import importlib
import pkgutil

import torch

import groklab.answering.choice
import groklab.architectures
import groklab.baselines
import groklab.config.check
import groklab.config.completion
import groklab.config.composition
import groklab.config.explain
import groklab.evaluation
import groklab.evaluation.baselines
import groklab.evaluation.metrics_file
import groklab.experiment
import groklab.optimizers
import groklab.regularizers
import groklab.scoring
import groklab.stacking.together
import groklab.training.pruning
from groklab.environment import packages
from groklab.identity import code_digest

_PARTS = (groklab.architectures, groklab.baselines, groklab.evaluation, groklab.optimizers, groklab.regularizers)


def warm() -> None:
    """Do once what every job would do anew: find packages, read our code, trace a network for the first time."""
    packages()
    modules = [
        found.name for part in _PARTS for found in pkgutil.iter_modules(part.__path__, prefix=f"{part.__name__}.")
    ]
    for module in modules:
        importlib.import_module(module)
    code_digest(modules)
    batch = torch.export.Dim("batch", min=1)
    torch.export.export(torch.nn.Linear(1, 1), (torch.zeros(2, 1),), dynamic_shapes=({0: batch},))


warm()
