"""Runs that were begun, driven to their ends: their fits in stacks where that pays, one by one where not."""

import logging
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from groklab.errors import UserError
from groklab.files import digest
from groklab.stacking.backends import Name
from groklab.stacking.fit import End, StackedFit
from groklab.stacking.probe import Choice, choose, take
from groklab.stacking.sharing import common, why_alone
from groklab.stacking.trial import checkpoint_of
from groklab.training.fit import Fitted
from groklab.training.interrupts import Interrupted, Interrupts
from groklab.training.request import FitRequest

Go = Callable[[Fitted | BaseException], FitRequest | None]
_log = logging.getLogger(__name__)


@dataclass
class Begun:
    """A run that waits for its fit.

    Args:
        name: As the log has it.
        request: The fit.
        go: Takes what the fit leaves or what ended it; gives the run's next fit, or None if it is over.
        reached: What it had reached in a stack.
    """

    name: str
    request: FitRequest
    go: Go
    reached: dict[str, Any] | None = None


@dataclass
class Together:
    """Trains runs in stacks.

    Args:
        interrupts: Where requests to stop arrive.
        widest: Most fits in a stack.
        backend: How stacks are computed; None has it chosen by a probe.
    """

    interrupts: Interrupts
    widest: int
    backend: Name | None = None
    _chosen: dict[str, Choice] = field(default_factory=dict)

    def run(self, begun: Sequence[Begun]) -> None:
        """Drive all runs to their ends.

        Raises:
            Interrupted: A signal asked to stop; every run has been told.
        """
        try:
            with warnings.catch_warnings():  # the rows of one parameter lie apart
                warnings.filterwarnings("ignore", message="grad and param do not obey the gradient layout contract")
                self._run(begun)
        except Interrupted as stopped:
            for one in begun:
                one.go(stopped)  # what is over already takes no notice
            raise

    def _run(self, waiting: Sequence[Begun]) -> None:
        while waiting:
            groups: dict[str, list[Begun]] = defaultdict(list)
            for one in waiting:
                try:
                    groups[self._group(one)].append(one)
                except UserError as error:  # of its checkpoint
                    one.go(error)
            waiting = [following for key, group in groups.items() for following in self._train(key, group)]

    def _group(self, one: Begun) -> str:
        reason = why_alone(one.request)
        if reason:
            _log.info("%s trains alone: %s", one.name, reason)
            return f"alone {one.name}"
        one.reached = checkpoint_of(one.request)
        place = [one.reached[key] for key in ("next_epoch", "backend")] if one.reached else []
        return digest([common(one.request.settings), place])

    def _train(self, key: str, group: Sequence[Begun]) -> list[Begun]:
        """Train a group; the runs whose next fit waits."""
        following: list[Begun] = []
        by_request = {id(one.request): one for one in group}

        def end(request: FitRequest, left: Fitted | BaseException) -> None:
            one = by_request[id(request)]
            following_request = one.go(left)
            if following_request is not None:
                following.append(Begun(one.name, following_request, one.go))

        choice = self._choice(key, group)
        if choice.backend is None:
            for one in group:
                end(one.request, _alone(one.request))
            return following
        for first in range(0, len(group), choice.size):
            part = group[first : first + choice.size]
            self._stack([one.request for one in part], [one.reached for one in part], choice.backend, end)
        return following

    def _choice(self, key: str, group: Sequence[Begun]) -> Choice:
        if key.startswith("alone"):
            return Choice(None, 1, "")
        if (reached := group[0].reached) is not None:  # its bits are those of a backend
            return Choice(reached["backend"], self.widest, "as before it was stopped")
        if key not in self._chosen:
            requests = [one.request for one in group]
            self._chosen[key] = (
                take(requests, self.backend, widest=self.widest)
                if self.backend
                else choose(requests, widest=self.widest)
            )
        choice = self._chosen[key]
        how = f"stacks of up to {choice.size} ({choice.backend})" if choice.backend else "one by one"
        _log.info("%s: %s; %s", ", ".join(one.name for one in group), how, choice.why)
        return choice

    def _stack(self, requests: Sequence[FitRequest], states: Sequence[Any], backend: Name, end: End) -> None:
        """Train some fits as one; out of memory, its halves one after the other, from where the whole began."""
        left = dict.fromkeys(map(id, requests))
        begun: list[Any] = list(states)

        def note(request: FitRequest, ended: Fitted | BaseException) -> None:
            left.pop(id(request))
            end(request, ended)

        together: StackedFit | None = None
        try:
            together = StackedFit(requests, states, backend=backend, interrupts=self.interrupts, end=note)
            begun = together.states(together.first_epoch)
            together.run()
            return
        except (Interrupted, UserError):
            raise
        except Exception as error:
            if not _out_of_memory(error):
                for request in [request for request in requests if id(request) in left]:
                    end(request, error)
                return
            remaining = [
                (request, state) for request, state in zip(requests, begun, strict=True) if id(request) in left
            ]
            _log.warning(
                "out of memory with %d fits in a stack (%s)", len(remaining), " ".join(str(error).split())[:120]
            )
        together = None  # its memory is free
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if len(remaining) == 1:
            end(remaining[0][0], UserError("trainer.batch_size: out of memory with one fit; make it smaller"))
            return
        middle = len(remaining) // 2
        for half in (remaining[:middle], remaining[middle:]):
            self._stack([request for request, _ in half], [state for _, state in half], backend, end)


def _out_of_memory(error: BaseException) -> bool:
    told = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in told or "allocate memory" in told


def _alone(request: FitRequest) -> Fitted | BaseException:
    try:
        return request.alone()
    except Interrupted:
        raise
    except BaseException as error:
        return error
