"""A study's trials up to a total, whatever was interrupted on the way."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState

from groklab.errors import UserError
from groklab.launching.job import Ended, Report, Request
from groklab.outcome import Outcome
from groklab.search.parts import Samplers
from groklab.search.space import Space
from groklab.search.storage import patiently

_ATTEMPTS = 3
_ALIKE = 5
_ENDED = "its search ended"
_NUMBERS = re.compile(r"-?\d[\d.e+-]*|\b(?:nan|inf)\b")
_OVER = (TrialState.COMPLETE, TrialState.PRUNED)


class Trials:
    """Asks the study for trials and tells it how they ended.

    A trial that was killed is failed, and its values are asked for again: the run goes on from its checkpoint. What
    counts towards the total is what is over for good: completed, pruned, or failed by itself.

    Args:
        study: Where trials are kept.
        space: What is searched.
        samplers: Make the proposals.
        objectives: Measured values, one for each of the study's directions.
        n_trials: The total.
        max_failure_rate: Share of the trials that may fail.
    """

    def __init__(
        self,
        study: Study,
        space: Space,
        samplers: Samplers,
        *,
        objectives: Sequence[str],
        n_trials: int,
        max_failure_rate: float,
    ) -> None:
        self.study, self.space, self._samplers = study, space, samplers
        self.objectives, self.n_trials, self._max_failure_rate = objectives, n_trials, max_failure_rate
        self._running: dict[int, Trial] = {}
        self._alike: list[str] = []
        for trial in self._all(TrialState.RUNNING):  # the process that asked for them is gone
            self._again(trial.number, trial, _ENDED)
        self._final = sum(map(is_final, self._all()))
        self._turn = sum(not {"retry_of", "dropped"} & trial.user_attrs.keys() for trial in self._all())

    @property
    def done(self) -> int:
        """Trials that are over for good."""
        return self._final

    @property
    def best(self) -> str:
        """The best so far."""
        if len(self.objectives) > 1:
            return f"{len(self.study.best_trials)} on the front"
        trial = self.best_trial
        return "" if trial is None else f"best {self.objectives[0]} {trial.value:.6g} (trial {trial.number})"

    @property
    def best_trial(self) -> FrozenTrial | None:
        """The best completed trial of one objective; None before there is one."""
        return self.study.best_trial if self._all(TrialState.COMPLETE) else None

    def ask(self) -> Request | None:
        """The next trial; None once as many run or are over as there shall be."""
        if self._final + len(self._running) >= self.n_trials:
            return None
        self.study.sampler = self._samplers.sampler(self._turn)
        trial = patiently(self._ask)
        self._turn += "retry_of" not in trial.user_attrs
        self._running[trial.number] = trial
        varied = self.space.overrides(trial.params)
        return Request(trial.number, (*self.space.fixed, *varied), varied, report=self._reporter(trial))

    def _ask(self) -> Trial:
        """Ask once, after what an earlier try left half asked when the database went away."""
        for half in self._all(TrialState.RUNNING):
            if half.number not in self._running:
                self._again(half.number, half, _ENDED)
        return self.study.ask(self.space.distributions)

    def told(self, request: Request, ended: Ended) -> str:
        """Take a trial's end.

        Raises:
            UserError: The objective is not measured, or trials fail one after the other.
        """
        trial = self._running.pop(request.number)
        self._note(trial, runs=ended.runs)
        words = " ".join(request.varied)
        if ended.status == "KILLED":
            return f"{ended.error}; {self._again(trial.number, trial, str(ended.error))}  {words}"
        if ended.status == "PRUNED":
            patiently(lambda: self.study.tell(trial, state=TrialState.PRUNED, skip_if_finished=True))
        elif ended.status == "FAILED":
            self._fail(trial.number, trial, str(ended.error))
        else:
            self._complete(trial, ended.value)
        self._final += 1
        if ended.status == "FAILED":
            self._refuse_failures(str(ended.error))
        shown = self._shown(ended) if ended.status == "FINISHED" else ended.error
        return f"{shown}  {words}"

    def _shown(self, ended: Ended) -> str:
        return " ".join(
            f"{name}={value:.6g}" for name, value in zip(self.objectives, self.values(ended.value), strict=True)
        )

    def values(self, outcome: Any) -> list[float]:
        """The objectives of a finished job.

        Raises:
            UserError: One is not measured.
        """
        if not isinstance(outcome, Outcome):
            return [float(outcome)]
        known = outcome.runs[0].measured
        for name in self.objectives:
            if name not in known:
                raise UserError(
                    f"hydra.sweeper.objective: {name} is not measured; choose of {', '.join(sorted(known))}"
                )
        return [outcome.mean(name) for name in self.objectives]

    def _complete(self, trial: Trial, outcome: Any) -> None:
        values = self.values(outcome)
        if isinstance(outcome, Outcome):
            each = [[run.measured[name] for name in self.objectives] for run in outcome.runs]
            self._note(trial, each=each)
        patiently(lambda: self.study.tell(trial, values, skip_if_finished=True))

    def _fail(self, number: int, trial: Trial | FrozenTrial, error: str) -> None:
        self._note(trial, error=error)
        patiently(lambda: self.study.tell(number, state=TrialState.FAIL, skip_if_finished=True))

    def _note(self, trial: Trial | FrozenTrial, **attributes: Any) -> None:
        for key, value in attributes.items():
            patiently(partial(self.study._storage.set_trial_user_attr, trial._trial_id, key, value))

    def _again(self, number: int, trial: Trial | FrozenTrial, error: str) -> str:
        """Fail a trial that was killed and ask for its values once more, unless that was done often enough."""
        attempt = int(trial.user_attrs.get("attempt", 1))
        again = attempt < _ATTEMPTS or error == _ENDED
        attributes = self.study._storage.get_trial_system_attrs(trial._trial_id)
        params = {**attributes.get("fixed_params", {}), **trial.params}
        if again and params.keys() != self.space.distributions.keys():
            self._note(trial, dropped=True, requeued=True)  # its proposal was not complete; the next is the same one
        elif again:
            more = {"retry_of": number, "attempt": attempt + (error != _ENDED)}
            if not any(other.user_attrs.get("retry_of") == number for other in self._all()):
                patiently(lambda: self.study.enqueue_trial(params, user_attrs=more))
            self._note(trial, requeued=True)
        self._fail(number, trial, error)
        if not again:
            self._final += 1
        return "it is tried again from its checkpoint" if again else f"killed {attempt} times, it counts as failed"

    def _refuse_failures(self, error: str) -> None:
        """Stop where the space or the setup is at fault, not the trial."""
        self._alike = [*self._alike, _NUMBERS.sub("#", error)][-_ALIKE:]
        if len(self._alike) == _ALIKE and len(set(self._alike)) == 1 and not self._all(*_OVER):
            raise UserError(f"the first {_ALIKE} trials failed alike: {error}; mend the config or the space")
        failed = sum(is_final(trial) for trial in self._all(TrialState.FAIL))
        if failed / self.n_trials > self._max_failure_rate:
            raise UserError(
                f"hydra.sweeper.max_failure_rate={self._max_failure_rate:g}: {failed} of {self.n_trials} trials "
                f"failed, the last one: {error}"
            )

    def _reporter(self, trial: Trial) -> Report | None:
        """Notes values on the way and says whether the pruner has seen enough; Optuna prunes for one objective only."""
        if len(self.objectives) > 1:
            return None

        def note(step: int, value: float) -> bool:
            trial.report(value, step)
            return bool(trial.should_prune())

        return lambda step, value: patiently(lambda: note(step, value))

    def _all(self, *states: TrialState) -> list[FrozenTrial]:
        return patiently(lambda: self.study.get_trials(deepcopy=False, states=states or None))


def is_final(trial: FrozenTrial) -> bool:
    """Whether a trial is over for good, and not to be tried again."""
    return trial.state in _OVER or (trial.state == TrialState.FAIL and not trial.user_attrs.get("requeued"))
