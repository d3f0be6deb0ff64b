"""Stacks: seconds per step and model of many small networks trained as one, beside stock Lightning one by one."""

import functools
import logging
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import optuna
import torch
from torch import Tensor, nn

from benchmarks.step_cost import BATCH, bare, part, stock
from benchmarks.table import interleave, show
from groklab.architectures.cnn import CNN
from groklab.architectures.mlp import MLP
from groklab.assembly import build_dataset
from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.data.prepared import ensure
from groklab.layers.recurrence import Recurrence
from groklab.regularizers.batch_norm import BatchNorm
from groklab.regularizers.dropout import Dropout
from groklab.stacking.backends import Name
from groklab.stacking.fit import StackedFit
from groklab.tasks.supervised import Supervised
from groklab.training.fit import Fit
from groklab.training.interrupts import Interrupts
from groklab.training.request import FitRequest

ROUNDS, EPOCHS = 5, 6
SIZES, COMPILED = (16, 64), (4, 8, 64)


class RowReader(nn.Module):
    """An LSTM that reads a digit row by row: 8 steps of 8 numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.recurrence, self.head = Recurrence(8, 64, cell="lstm"), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of images [batch, 1, 8, 8]."""
        rows = x.squeeze(1)
        states = self.recurrence(rows, torch.ones(rows.shape[:2], dtype=torch.bool))
        logits: Tensor = self.head(states[:, -1])
        return logits


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "MLP, 32 units": lambda: MLP(64, 10, width=32, depth=1),
    "MLP, 2 x 128 units": lambda: MLP(64, 10, width=128, depth=2),
    "MLP, 2 x 128 units, dropout": lambda: MLP(64, 10, width=128, depth=2, drop=lambda: Dropout(0.2)),
    "CNN, 16 and 32 channels, batch norm": lambda: CNN([1, 8, 8], 10, norm=BatchNorm),
    "LSTM, 64 units, 8 steps": RowReader,
}


def main() -> None:
    """Measure and print."""
    _quiet()
    train, val = _data()
    for name, make in NETWORKS.items():
        print(f"\n{name}:\n")
        ways: dict[str, Callable[[], float]] = {
            "stock Lightning": lambda make=make: stock(_as_stock(make), train, val, epochs=EPOCHS),
            "groklab, one by one": lambda make=make: lone(make, train, val),
        }
        for size in SIZES:
            ways[f"a stack of {size}"] = lambda make=make, size=size: stacked(make, size, train, val)
        for size in COMPILED if "dropout" not in name else ():
            ways[f"a stack of {size}, compiled"] = lambda make=make, size=size: stacked(
                make, size, train, val, backend="compiled"
            )
        for way in ways.values():
            way()  # once unmeasured: imports, allocator, caches
        show(
            interleave(ways, rounds=ROUNDS),
            unit="microseconds a step and model",
            scale=1e6,
            reference="stock Lightning",
        )
    search(train, val)
    two_processes()


def _quiet() -> None:
    torch.set_num_threads(1)
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.WARNING)


@functools.cache
def _data() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    config = check(*compose_config(Path("conf"), ["experiment=digits_mlp"]))
    prepared = ensure(build_dataset(config), Path("data/prepared"))
    return part(prepared, "train"), part(prepared, "val")


def search(train: Any, val: Any) -> None:
    """64 learning rates of an MLP of 64 units, 10 epochs each, from the first proposal to the last value told."""
    print("\nA random search of 64 learning rates, MLP of 64 units, 10 epochs each, on one core:\n")
    ways: dict[str, Callable[[], float]] = {
        "stock Lightning, one by one": lambda: _searched(lambda rates: _by_stock(rates, train, val)),
        "a stack of 64": lambda: _searched(lambda rates: _by_stack(rates, train, val)),
        "a stack of 64, compiled": lambda: _searched(lambda rates: _by_stack(rates, train, val, backend="compiled")),
    }
    ways["a stack of 64, compiled"]()  # once unmeasured: the compiler's own cache
    show(interleave(ways, rounds=3), unit="seconds", scale=1.0, reference="stock Lightning, one by one")


def _searched(values_of: Callable[[list[float]], list[float]]) -> float:
    started = time.perf_counter()
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    trials = [study.ask() for _ in range(64)]
    rates = [trial.suggest_float("lr", 1e-4, 1e-1, log=True) for trial in trials]
    for trial, value in zip(trials, values_of(rates), strict=True):
        study.tell(trial, value)
    return time.perf_counter() - started


def _by_stock(rates: list[float], train: Any, val: Any) -> list[float]:
    values = []
    for seed, lr in enumerate(rates):
        one = _as_stock(searched_network, seed, lr=lr)
        stock(one, train, val, epochs=10)
        with torch.no_grad():
            values.append(float(one.loss(one.network(val[0]), val[1])))
    return values


def _by_stack(rates: list[float], train: Any, val: Any, *, backend: Name = "vmap") -> list[float]:
    tasks = [task(searched_network, seed, lr=lr) for seed, lr in enumerate(rates)]
    _, done = _together(tasks, train, val, backend=backend, epochs=10)
    return [fitted.best["value"] for fitted in done]


def two_processes() -> None:
    """Two processes of one thread each, one for each core of a small machine: bare loops, and stacks."""
    print("\nMLP, 2 x 128 units, in two processes at once:\n")
    stacks: list[tuple[int, Name]] = [(16, "vmap"), (4, "compiled"), (8, "compiled"), (64, "compiled")]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=_quiet) as pool:

        def both(size: int, backend: Name | None) -> float:
            return sum(pool.map(_of_two, [size] * 2, [backend] * 2)) / 2

        ways: dict[str, Callable[[], float]] = {"bare PyTorch loops": lambda: both(1, None)}
        for size, backend in stacks:
            ways[f"stacks of {size}, {backend}"] = lambda size=size, backend=backend: both(size, backend)
        for way in ways.values():
            way()
        measured = interleave(ways, rounds=ROUNDS)
    show(measured, unit="microseconds a step and model", scale=1e6, reference="bare PyTorch loops")


def _of_two(size: int, backend: Name | None) -> float:
    make, (train, val) = NETWORKS["MLP, 2 x 128 units"], _data()
    if backend is None:
        return bare(_as_stock(make), train, val)
    return stacked(make, size, train, val, backend=backend)


def searched_network() -> nn.Module:
    """Of the search."""
    return MLP(64, 10, width=64, depth=1)


def task(make: Callable[[], nn.Module], seed: int, *, lr: float | None = None, fused: bool | None = True) -> Supervised:
    """A network of a seed with its optimizer."""
    torch.manual_seed(seed)
    adam = functools.partial(torch.optim.Adam, lr=lr or 0.001 * (1 + seed / 64), fused=fused)
    return Supervised(make(), nn.CrossEntropyLoss(), kind="classification", num_outputs=10, optimizer=adam, seed=seed)


def _as_stock(make: Callable[[], nn.Module], seed: int = 0, *, lr: float | None = None) -> Supervised:
    return task(make, seed, lr=lr, fused=None)  # as torch has it, where nobody chooses


def fit(epochs: int) -> Fit:
    """As stock Lightning trains."""
    return Fit(max_epochs=epochs, batch_size=BATCH, accelerator="cpu")


def lone(make: Callable[[], nn.Module], train: Any, val: Any, *, epochs: int = EPOCHS) -> float:
    """A fit by itself."""
    with tempfile.TemporaryDirectory() as folder:
        fitted = fit(epochs).fit(task(make, 0), train, val, folder=Path(folder))
    return fitted.duration_s / fitted.num_steps


def stacked(
    make: Callable[[], nn.Module],
    size: int,
    train: Any,
    val: Any,
    *,
    backend: Name = "vmap",
    epochs: int = EPOCHS,
) -> float:
    """Many fits as one, with their logs and records."""
    seconds, done = _together([task(make, seed) for seed in range(size)], train, val, backend=backend, epochs=epochs)
    return seconds / sum(fitted.num_steps for fitted in done)


def _together(tasks: list[Supervised], train: Any, val: Any, *, backend: Name, epochs: int) -> tuple[float, list[Any]]:
    with tempfile.TemporaryDirectory() as folder:
        requests = []
        for number, one in enumerate(tasks):
            own = Path(folder) / str(number)
            own.mkdir()
            requests.append(FitRequest(fit(epochs), one, lambda: (train, val), {}, own, Interrupts()))
        left: dict[int, Any] = {}
        together = StackedFit(
            requests,
            [None] * len(tasks),
            backend=backend,
            interrupts=Interrupts(),
            end=lambda request, fitted: left.update({id(request): fitted}),
        )
        if backend == "compiled":  # what follows is warm
            x, y = (rows[0] for rows in together.place.rows(together.place.order(together.stack, 0)[:1]))
            together.stack.step(x, y)
        started = time.perf_counter()
        together.run()
        seconds = time.perf_counter() - started
    return seconds, [left[id(request)] for request in requests]


if __name__ == "__main__":
    main()
