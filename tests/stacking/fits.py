"""Small fits to stack: two classes of points, images or sequences."""

import functools
import json

import torch
from torch import nn

from groklab.architectures.cnn import CNN
from groklab.architectures.mlp import MLP
from groklab.layers.recurrence import Recurrence
from groklab.regularizers.batch_norm import BatchNorm
from groklab.regularizers.dropout import Dropout
from groklab.regularizers.l1 import L1
from groklab.regularizers.l2 import L2
from groklab.regularizers.max_norm import MaxNorm
from groklab.regularizers.mixup import Mixup
from groklab.regularizers.shift import Shift
from groklab.regularizers.weight_average import WeightAverage
from groklab.regularizers.weight_decay import WeightDecay
from groklab.stacking.fit import StackedFit
from groklab.stacking.trial import checkpoint_of
from groklab.tasks.supervised import Supervised
from groklab.training.fit import Fit
from groklab.training.interrupts import Interrupts
from groklab.training.request import FitRequest


class Reader(nn.Module):
    """A recurrent classifier of images read row by row."""

    def __init__(self, cell, layers=1):
        super().__init__()
        self.recurrence = Recurrence(6, 5, cell=cell, num_layers=layers, drop=lambda: Dropout(0.2))
        self.head = nn.Linear(5, 2)

    def forward(self, x):
        rows = x.squeeze(1)
        return self.head(self.recurrence(rows, torch.ones(rows.shape[:2], dtype=torch.bool))[:, -1])


NETWORKS = {
    "linear": lambda: MLP(36, 2, depth=0),
    "mlp": lambda: MLP(36, 2, width=8, depth=2),
    "mlp, dropout": lambda: MLP(36, 2, width=8, depth=2, drop=lambda: Dropout(0.3)),
    "mlp, batch norm, dropout": lambda: MLP(36, 2, width=8, depth=1, norm=BatchNorm, drop=lambda: Dropout(0.3)),
    "cnn": lambda: CNN([1, 6, 6], 2, channels=3, blocks=2),
    "cnn, batch norm": lambda: CNN([1, 6, 6], 2, channels=3, blocks=2, norm=BatchNorm),
    "rnn": lambda: Reader("rnn"),
    "lstm, dropout": lambda: Reader("lstm", 2),
    "gru": lambda: Reader("gru"),
}
REGULARIZERS = {
    "none": dict,
    "l1, l2": lambda: {"penalties": {"l1": L1(1e-3), "l2": L2(1e-3)}},
    "weight decay, max norm": lambda: {"constraints": [WeightDecay(0.1), MaxNorm(1.0)]},
    "average": lambda: {"average": lambda network: WeightAverage(network=network, decay=0.8)},
    "shift": lambda: {"augmentations": [Shift(1)]},
    "mixup": lambda: {"mixture": Mixup(2)},
}
OPTIMIZERS = {
    "sgd": functools.partial(torch.optim.SGD, fused=True),
    "momentum": functools.partial(torch.optim.SGD, momentum=0.9, fused=True),
    "nesterov": functools.partial(torch.optim.SGD, momentum=0.9, nesterov=True, fused=True),
    "adam": functools.partial(torch.optim.Adam, fused=True),
    "adamw": functools.partial(torch.optim.AdamW, fused=True),
    "nadam": torch.optim.NAdam,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": functools.partial(torch.optim.Adagrad, fused=True),
}


def data(count=90, seed=0):
    """Images [count, 1, 6, 6], standardized, and whether their first row is brighter than the second."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 1, 6, 6, generator=generator)
    return x, (x[:, 0, 0].sum(-1) > x[:, 0, 1].sum(-1)).long()


def request(folder, seed, *, network="mlp", regularizer="none", optimizer="adam", lr=None, observers=(), **settings):
    """A fit in a folder of its own; by default each seed has its own learning rate."""
    own = folder / str(seed)
    own.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    task = Supervised(
        NETWORKS[network](),
        nn.CrossEntropyLoss(),
        kind="classification",
        num_outputs=2,
        optimizer=functools.partial(OPTIMIZERS[optimizer], lr=lr or 0.01 * (1 + seed)),
        seed=seed,
        **REGULARIZERS[regularizer](),
    )
    fit = Fit(**{"max_epochs": 3, "batch_size": 16, "batches_per_call": 3, "accelerator": "cpu", **settings})
    return FitRequest(fit, task, lambda: (data(), data(40, 1)), {}, own, Interrupts(), observers=observers)


def stacked(requests, backend="vmap", interrupts=None):
    """What each fit of a stack leaves, or what ended it."""
    left = {}
    states = [checkpoint_of(each) for each in requests]

    def end(one, what):
        left[id(one)] = what

    StackedFit(requests, states, backend=backend, interrupts=interrupts or Interrupts(), end=end).run()
    return [left[id(each)] for each in requests]


def same(a, b):
    """Whether two fits left the same bits, weights and records."""
    return all(torch.equal(a.weights[name], b.weights[name]) for name in a.weights) and a.best == b.best


def distance(a, b):
    """Largest difference of weights, relative to the largest weight of its tensor."""

    def of(name):
        ours, theirs = a.weights[name].double(), b.weights[name].double()
        return float((ours - theirs).abs().max() / theirs.abs().max().clamp(min=1e-12))

    return max(map(of, a.weights))


def log(folder):
    """Step, epoch and metrics of each line of a fit's log."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["epoch"], line["metrics"]) for line in lines]
