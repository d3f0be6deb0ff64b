"""Batches straight from tensors in memory."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from jaxtyping import Int64, Shaped
from torch import Tensor

from groklab.seeds import derive


class Chunk(NamedTuple):
    """Several batches that one call trains on, one after the other."""

    x: Shaped[Tensor, "batches batch *shape"]
    y: Shaped[Tensor, "batches batch *target"]


class Order:
    """The order of the examples in an epoch: a function of ``seed`` and ``epoch`` alone."""

    def __init__(self, num_examples: int, seed: int) -> None:
        self.num_examples = num_examples
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Lightning calls it before each epoch, as it does for a distributed sampler."""
        self.epoch = epoch

    def indices(self) -> Int64[Tensor, " examples"]:
        """A permutation of the examples."""
        generator = torch.Generator().manual_seed(derive(self.seed, "order", self.epoch))
        return torch.randperm(self.num_examples, generator=generator)


class Feed:
    """Yields a training epoch as chunks of whole batches; resumes in the middle of an epoch.

    An incomplete last batch is left out of the epoch (the next epoch's order brings its examples in again), unless
    the data are fewer than one batch.

    Args:
        x: Examples, standardized, on the device that trains.
        y: Targets.
        batch_size: Examples in a batch.
        batches_per_chunk: Batches that are gathered at once.
        seed: Seed of the order.
        limit: Train on the first ``limit`` batches of a fixed order alone; 0 for all, in a new order each epoch.
    """

    def __init__(
        self,
        x: Shaped[Tensor, "examples *shape"],
        y: Shaped[Tensor, "examples *target"],
        *,
        batch_size: int,
        batches_per_chunk: int,
        seed: int,
        limit: int = 0,
    ) -> None:
        self.x, self.y = x, y
        self.batch_size = min(batch_size, len(x))
        self.num_batches = min(len(x) // self.batch_size, limit or len(x))
        self.batches_per_chunk = batches_per_chunk
        self.limit = limit
        self.sampler = Order(len(x), seed)
        self._next, self._resume_at = 0, 0

    def __len__(self) -> int:
        """Chunks in an epoch."""
        return -(-self.num_batches // self.batches_per_chunk)

    def __iter__(self) -> Iterator[Chunk]:
        if self.limit:
            self.sampler.set_epoch(0)
        order = self.sampler.indices()[: self.num_batches * self.batch_size].to(self.x.device)
        first, self._resume_at = self._resume_at, 0
        size = self.batches_per_chunk * self.batch_size
        for chunk in range(first, len(self)):
            self._next = chunk + 1
            rows = order[chunk * size : (chunk + 1) * size]
            batches = (-1, self.batch_size)
            yield Chunk(self.x[rows].unflatten(0, batches), self.y[rows].unflatten(0, batches))

    def state_dict(self) -> dict[str, Any]:
        """Where in the epoch the next chunk lies."""
        return {"next": self._next}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Start the next epoch's iteration there; a finished epoch starts anew."""
        self._resume_at = state["next"] % len(self)


class Batches:
    """The whole of a split in its own order, for validation."""

    def __init__(
        self, x: Shaped[Tensor, "examples *shape"], y: Shaped[Tensor, "examples *target"], *, batch_size: int
    ) -> None:
        self.x, self.y, self.batch_size = x, y, batch_size

    def __len__(self) -> int:
        """Batches in the split."""
        return -(-len(self.x) // self.batch_size)

    def __iter__(self) -> Iterator[Chunk]:
        for x, y in zip(self.x.split(self.batch_size), self.y.split(self.batch_size), strict=True):
            yield Chunk(x[None], y[None])
