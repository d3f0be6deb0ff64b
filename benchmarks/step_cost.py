"""Seconds per training step of the digits MLP: a bare PyTorch loop, our fit, stock Lightning; validation included."""

import logging
import os
import tempfile
import time
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import CSVLogger
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.table import interleave, show
from groklab.assembly import build_dataset, build_fit, build_regularizers, build_task, input_scale
from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.data.card import Split
from groklab.data.prepared import Prepared, ensure

EPOCHS, ROUNDS, BATCH = 40, 7, 32


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    overrides = ["experiment=digits_mlp", f"trainer.max_epochs={EPOCHS}", "trainer.accelerator=cpu"]
    config = check(*compose_config(Path("conf"), overrides))
    prepared = ensure(build_dataset(config), Path("data/prepared"))
    train, val = part(prepared, "train"), part(prepared, "val")

    def task() -> Any:
        return build_task(config, prepared.card, build_regularizers(config, prepared.card))

    ways = {
        "bare PyTorch loop": lambda: bare(task(), train, val),
        "groklab": lambda: ours(config, task(), train, val),
        "stock Lightning": lambda: stock(task(), train, val),
    }
    for way in ways.values():
        way()  # once unmeasured: imports, allocator, caches
    measured = interleave(ways, rounds=ROUNDS)
    show(measured, unit="microseconds a step", scale=1e6, reference="bare PyTorch loop")


def part(prepared: Prepared, name: Split) -> tuple[Tensor, Tensor]:
    """Standardized examples and targets of a part of the data."""
    arrays = prepared.open(name)
    return input_scale(prepared.card)(torch.from_numpy(arrays.x.copy())), torch.from_numpy(arrays.y.copy())


def bare(task: Any, train: tuple[Tensor, Tensor], val: tuple[Tensor, Tensor]) -> float:
    """What one would write by hand: indices, no framework, accuracy and loss on validation once an epoch."""
    network, loss = task.network, task.loss
    optimizer = task.make_optimizer(network.parameters())
    (x, y), (val_x, val_y) = train, val
    started, steps = time.perf_counter(), 0
    for _ in range(EPOCHS):
        network.train()
        order = torch.randperm(len(x))
        for first in range(0, len(x) - BATCH + 1, BATCH):
            rows = order[first : first + BATCH]
            optimizer.zero_grad()
            loss(network(x[rows]), y[rows]).backward()
            optimizer.step()
            steps += 1
        network.eval()
        with torch.no_grad():
            outputs = network(val_x)
            loss(outputs, val_y).item()
            (outputs.argmax(1) == val_y).float().mean().item()
    return (time.perf_counter() - started) / steps


def ours(config: Any, task: Any, train: tuple[Tensor, Tensor], val: tuple[Tensor, Tensor]) -> float:
    """Our fit, with its log and its checkpoints."""
    with tempfile.TemporaryDirectory() as folder:
        fitted = build_fit(config).fit(task, train, val, folder=Path(folder))
    return fitted.duration_s / fitted.num_steps


class Stock(pl.LightningModule):
    """The module of Lightning's own tutorial, with the same network."""

    def __init__(self, network: nn.Module, loss: nn.Module, make_optimizer: Any) -> None:
        super().__init__()
        self.network, self.loss, self.make_optimizer = network, loss, make_optimizer

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        x, y = batch
        loss = self.loss(self.network(x), y)
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        x, y = batch
        outputs = self.network(x)
        self.log_dict({"val/loss": self.loss(outputs, y), "val/accuracy": (outputs.argmax(1) == y).float().mean()})

    def configure_optimizers(self) -> Any:
        return self.make_optimizer(self.network.parameters())

    def on_train_start(self) -> None:
        self.started = time.perf_counter()

    def on_train_end(self) -> None:
        self.seconds = time.perf_counter() - self.started


def stock(task: Any, train: tuple[Tensor, Tensor], val: tuple[Tensor, Tensor], *, epochs: int = EPOCHS) -> float:
    """Lightning as its documentation shows it: DataLoader, log per step, progress bar and CSV logger on."""
    module = Stock(task.network, task.loss, task.make_optimizer)
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as terminal, redirect_stdout(terminal):
        trainer = pl.Trainer(
            max_epochs=epochs,
            accelerator="cpu",
            default_root_dir=folder,
            logger=CSVLogger(folder),
            enable_model_summary=False,
        )
        trainer.fit(
            module,
            DataLoader(TensorDataset(*train), batch_size=BATCH, shuffle=True, drop_last=True),
            DataLoader(TensorDataset(*val), batch_size=1024),
        )
    return module.seconds / trainer.global_step
