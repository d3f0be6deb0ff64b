"""Random numbers of each fit from that fit's own generator."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

_generators: list[torch.Generator] = []


def draw_from(generators: Sequence[torch.Generator]) -> None:
    """Whence the masks of the next forward pass come, one generator a fit."""
    _generators[:] = generators


@contextlib.contextmanager
def drawing_from(generator: torch.Generator) -> Iterator[None]:
    """Within the block torch's own random numbers come from ``generator``, which goes on from where they end."""
    module: Any = torch.cuda if generator.device.type == "cuda" else torch
    module.set_rng_state(generator.get_state())
    yield
    generator.set_state(module.get_rng_state())


class _Mask(torch.autograd.Function):
    """Zeros and ``1 / (1 - p)``, of the shape of ``x``; row k from generator k, as ``nn.Dropout`` draws alone."""

    generate_vmap_rule = False

    @staticmethod
    def forward(x: Tensor, p: Tensor) -> Tensor:
        """Of one fit."""
        return _drawn(x[None], [float(p)], _generators)[0]

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Nothing is kept: a mask has no gradient."""

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, None]:
        """None."""
        return None, None

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, int | None], x: Tensor, p: Tensor) -> tuple[Tensor, int]:
        """Of all fits."""
        across, of_p = in_dims
        x = x.expand(info.batch_size, *x.shape) if across is None else x.movedim(across, 0)
        rates = p.tolist() if of_p is not None else [float(p)] * info.batch_size
        return _drawn(x, rates, _generators), 0


def _drawn(x: Tensor, rates: Sequence[float], generators: Sequence[torch.Generator]) -> Tensor:
    whole = torch.empty_like(x) if x.is_contiguous() else None
    rows = [torch.empty_like(row) for row in x] if whole is None else list(whole)  # numbers are drawn as they lie
    for row, rate, generator in zip(rows, rates, generators, strict=True):
        if rate == 0:  # nn.Dropout draws nothing then
            row.fill_(1)
        else:
            row.bernoulli_(1 - rate, generator=generator).div_(1 - rate)
    return torch.stack(rows) if whole is None else whole


class StackedDropout(nn.Module):
    """``nn.Dropout`` within a stack, its rate a buffer, so that each fit has its own.

    Args:
        p: Probability of dropping a number.

    Source: Srivastava et al. (2014), JMLR 15, section 4; scaled in training instead of at test.
    """

    p: Tensor

    def __init__(self, p: float) -> None:
        super().__init__()
        self.register_buffer("p", torch.tensor(p, dtype=torch.float64), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """As ``nn.Dropout``."""
        masked: Tensor = x * _Mask.apply(x.detach(), self.p) if self.training else x  # type: ignore[no-untyped-call]
        return masked
