"""Ways to compute the costs and gradients of all fits of a stack on a batch each."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap

from groklab.stacking.form import Common
from groklab.stacking.noise import draw_from, drawing_from
from groklab.stacking.rows import Rows
from groklab.tasks.supervised import Supervised

Name = Literal["vmap", "compiled", "loop"]
_MOST_NUMBERS = 256  # of fits and shapes that are compiled for in a process; torch's own 8 soon are used up


class Backend(ABC):
    """Computes K fits at once.

    Args:
        tasks: Of the fits.
        rows: The networks that are trained.
        averages: The networks that are validated, where they are others.
    """

    def __init__(self, tasks: Sequence[Supervised], rows: Rows, averages: Rows | None) -> None:
        self.tasks, self.rows, self.averages = list(tasks), rows, averages

    @property
    def draws(self) -> bool:
        """Whether anything in the networks may be random in training."""
        return True

    @abstractmethod
    def descend(self, x: Tensor, y: Tensor, generators: Sequence[torch.Generator], parts: int) -> tuple[Tensor, Tensor]:
        """Add the gradients of the fits' batches to those of the rows.

        Args:
            x: Inputs [K, batch, ...].
            y: Targets [K, batch, ...].
            generators: Whence each fit's random numbers come.
            parts: Parts that a batch is computed in; each counts for so much less.

        Returns:
            What the metrics keep [K, batch, ...], and the costs [K, terms].
        """

    @abstractmethod
    def validate(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """What the metrics keep [K, batch, ...] and the losses [K] of one batch for all, in evaluation."""

    def keep(self, indices: Sequence[int]) -> None:
        """Drop all fits but these; the rows have been."""
        self.tasks = [self.tasks[index] for index in indices]


class Vmap(Backend):
    """One batched computation, by ``torch.vmap``.

    Raises:
        ValueError: A part of the network cannot be batched.
    """

    def __init__(self, tasks: Sequence[Supervised], rows: Rows, averages: Rows | None) -> None:
        super().__init__(tasks, rows, averages)
        self.common = Common(tasks)

    @property
    def draws(self) -> bool:
        """Whether there is dropout."""
        return self.common.draws

    def descend(self, x: Tensor, y: Tensor, generators: Sequence[torch.Generator], parts: int) -> tuple[Tensor, Tensor]:
        """As said."""
        draw_from(generators)
        kept, costs = self._costs(self.rows, x, y, training=True)
        total = costs.sum()
        (total if parts == 1 else total / parts).backward()
        return kept, costs.detach()

    def validate(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """As said; the batch is repeated so that a fit is computed in the same way in every stack."""
        rows = self.averages or self.rows
        number = len(rows.modules)
        with torch.no_grad():
            kept, costs = self._costs(rows, x.expand(number, *x.shape), y.expand(number, *y.shape), training=False)
        return kept, costs[:, 0]

    def keep(self, indices: Sequence[int]) -> None:
        """As said."""
        super().keep(indices)
        self.common.keep(indices)

    def _costs(self, rows: Rows, x: Tensor, y: Tensor, *, training: bool) -> tuple[Tensor, Tensor]:
        module = self.common.module.train(training)

        def of_one(state: dict[str, Tensor], differing: dict[str, Tensor], x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
            found: tuple[Tensor, ...] = functional_call(module, {**state, **differing}, (x, y))
            return found

        kept, costs = vmap(of_one, randomness="error")(_state(rows), self.common.differing, x, y)
        return kept, costs


class Compiled(Vmap):
    """The batched computation and its gradients, compiled; once for each number of fits.

    Raises:
        ValueError: A part of the network cannot be batched, or draws random numbers.
    """

    def __init__(self, tasks: Sequence[Supervised], rows: Rows, averages: Rows | None) -> None:
        super().__init__(tasks, rows, averages)
        if self.common.draws:
            raise ValueError("dropout draws from a generator of each fit, which does not compile")
        self._gradients: Callable[..., tuple[dict[str, Tensor], tuple[Tensor, Tensor]]] = torch.compile(  # type: ignore[call-overload]  # its overloads lack the last
            self._uncompiled, dynamic=False, recompile_limit=_MOST_NUMBERS
        )

    def descend(self, x: Tensor, y: Tensor, generators: Sequence[torch.Generator], parts: int) -> tuple[Tensor, Tensor]:
        """As said."""
        self.common.module.train()
        parameters = {name: value.detach() for name, value in self.rows.parameters.items()}
        x, y = x.contiguous(), y.contiguous()  # strides tell in how many steps a chunk is, and would compile anew
        slopes, (kept, costs) = self._gradients(parameters, self.rows.buffers, self.common.differing, x, y)
        into = [slope for name in slopes if (slope := self.rows.parameters[name].grad) is not None]
        torch._foreach_add_(into, list(slopes.values()), alpha=1 / parts)
        return kept, costs

    def _uncompiled(
        self,
        parameters: dict[str, Tensor],
        buffers: dict[str, Tensor],
        differing: dict[str, Tensor],
        x: Tensor,
        y: Tensor,
    ) -> tuple[dict[str, Tensor], tuple[Tensor, Tensor]]:
        def total(own: dict[str, Tensor], others: dict[str, Tensor], x: Tensor, y: Tensor) -> tuple[Tensor, object]:
            named = {f"network.{name}": value for name, value in own.items()}
            kept, costs = functional_call(self.common.module, {**named, **others}, (x, y))
            return costs.sum(), (kept, costs)

        others = {f"network.{name}": value for name, value in buffers.items()} | differing
        slopes, kept_costs = vmap(grad(total, has_aux=True))(parameters, others, x, y)
        return slopes, kept_costs


class Loop(Backend):
    """Each fit in its turn, by its own network: for operators without a batched form."""

    def descend(self, x: Tensor, y: Tensor, generators: Sequence[torch.Generator], parts: int) -> tuple[Tensor, Tensor]:
        """As said."""
        found = []
        for task, own_x, own_y, generator in zip(self.tasks, x, y, generators, strict=True):
            with drawing_from(generator):
                output = task.network(own_x)
                costs = torch.stack(list(task.costs(output, own_y).values()))
            total = costs.sum()
            (total if parts == 1 else total / parts).backward()
            found.append((task.targets.kept(output.detach()), costs.detach()))
        kept, rows = zip(*found, strict=True)
        return torch.stack(kept), torch.stack(rows)

    def validate(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """As said."""
        found = []
        with torch.no_grad():
            for task in self.tasks:
                task.eval()
                output = task.kept_network(x)
                found.append((task.targets.kept(output), task.loss(output, y)))
                task.train()
        kept, losses = zip(*found, strict=True)
        return torch.stack(kept), torch.stack(losses)


BACKENDS: dict[Name, type[Backend]] = {"vmap": Vmap, "compiled": Compiled, "loop": Loop}


def _state(rows: Rows) -> dict[str, Tensor]:
    return {f"network.{name}": value for name, value in (rows.parameters | rows.buffers).items()}
