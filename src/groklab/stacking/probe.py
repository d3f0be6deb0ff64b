"""What pays: a few steps of copies of some fits, in stacks of several sizes and one by one."""

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from groklab.stacking.backends import Name
from groklab.stacking.fit import Place
from groklab.training.request import FitRequest

LEAST_GAIN = 1.2
_SIZES, _SIZES_COMPILED = (4, 16, 64, 256), (4, 8)  # compiled, what fits the cache is fastest where it is much
_FEWEST_STEPS, _MOST_STEPS, _ENOUGH_S = 3, 20, 0.1
_WORTH_COMPILING_S = 60.0


@dataclass(frozen=True)
class Choice:
    """How some fits are trained.

    Args:
        backend: Of the stacks; None trains them one by one.
        size: Most fits in a stack.
        why: In a few words.
    """

    backend: Name | None
    size: int
    why: str


def choose(requests: Sequence[FitRequest], *, widest: int) -> Choice:
    """Measure what pays for these fits, which stay as they are."""
    most = min(widest, len(requests))
    if most < 2:
        return Choice(None, 1, "there is no other to stack it with")
    place = Place(requests[0])
    sizes = sorted({size for size in _SIZES if size < most} | {most})
    measured: dict[int, float] = {}
    try:
        alone = _steps_per_second(place, requests[:1], "loop")
        for size in sizes:
            measured[size] = _steps_per_second(place, requests[:size], "vmap")
            if measured[size] < 0.9 * max(measured.values()):
                break
    except Exception as error:  # whatever an operator without a batched form raises, or a network that does not fit
        return Choice(None, 1, f"it cannot be batched: {' '.join(str(error).split())[:160]}")
    size = max(measured, key=measured.__getitem__)
    gain = measured[size] / alone
    told = ", ".join(f"{number}: {rate:.0f}" for number, rate in measured.items())
    why = f"steps a second and model alone {alone:.0f}, in stacks of {told}"
    fit = requests[0].fit
    left_s = len(requests) * fit.max_epochs * place.num_batches / measured[size]
    if left_s > _WORTH_COMPILING_S:
        compiled: dict[int, float] = {}
        try:
            for number in sorted({size, *(few for few in _SIZES_COMPILED if few <= most)}):
                compiled[number] = _steps_per_second(place, requests[:number], "compiled")
        except Exception as error:
            why += f"; compiled none ({' '.join(str(error).split())[:80]})"
        else:
            told = ", ".join(f"{number}: {rate:.0f}" for number, rate in compiled.items())
            why += f"; compiled in stacks of {told}"
            best = max(compiled, key=compiled.__getitem__)
            if compiled[best] > 1.1 * measured[size] and compiled[best] / alone >= LEAST_GAIN:
                return Choice("compiled", best, why)
    if gain < LEAST_GAIN:
        return Choice(None, 1, f"a stack does not pay; {why}")
    return Choice("vmap", size, why)


def take(requests: Sequence[FitRequest], backend: Name, *, widest: int) -> Choice:
    """Take this backend, if copies of a fit can make a step with it."""
    try:
        _steps_per_second(Place(requests[0]), requests[:1], backend)
    except Exception as error:
        return Choice(None, 1, f"{backend} cannot compute it: {' '.join(str(error).split())[:160]}")
    return Choice(backend, widest, "as the launcher says")


def _steps_per_second(place: Place, requests: Sequence[FitRequest], backend: Name) -> float:
    tasks = [copy.deepcopy(request.task) for request in requests]
    for task in tasks:
        place.bring(task)
    stack = place.stack(tasks, backend)
    rows = place.order(stack, 0)[:1]
    x, y = (part[0] for part in place.rows(rows))
    with place.precision():
        stack.step(x, y)
        _wait(place)
        seconds: list[float] = []
        while len(seconds) < _FEWEST_STEPS or (len(seconds) < _MOST_STEPS and sum(seconds) < _ENOUGH_S):
            started = time.perf_counter()
            stack.step(x, y)
            _wait(place)
            seconds.append(time.perf_counter() - started)
    return len(requests) / min(seconds)  # what else the machine does only makes a step longer


def _wait(place: Place) -> None:
    if place.device.type == "cuda":
        torch.cuda.synchronize(place.device)
