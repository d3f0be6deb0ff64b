"""What a search leaves: its log, its trials, the winner as a config that an experiment can take up."""

import json
import time
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf
from optuna.trial import FrozenTrial, TrialState

from groklab.config.origins import SEARCHES
from groklab.files import read_json, write_atomic, write_json, writing
from groklab.launching.job import Ended, Request
from groklab.search.confirmation import Confirmation
from groklab.search.pictures import importance, write_pictures
from groklab.search.trials import Trials


class Record:
    """A search's trials, with a log of how it went on.

    Args:
        folder: Of the search.
        trials: Where trials come from and their ends go.
    """

    def __init__(self, folder: Path, trials: Trials) -> None:
        self.folder, self.trials = folder, trials
        self.ask = trials.ask

    @property
    def done(self) -> int:
        """Trials that are over for good."""
        return self.trials.done

    @property
    def best(self) -> str:
        """The best so far."""
        return self.trials.best

    def told(self, request: Request, ended: Ended) -> str:
        """Take a trial's end and log it."""
        text = self.trials.told(request, ended)
        if ended.status == "FINISHED":
            named = zip(self.trials.objectives, self.trials.values(ended.value), strict=True)
            metrics: dict[str, float | None] = {f"trial/{name}": value for name, value in named}
            if len(self.trials.objectives) == 1 and self.trials.best_trial:
                metrics[f"best/{self.trials.objectives[0]}"] = self.trials.best_trial.value
            row = {"step": self.done, "epoch": self.done, "time_ms": round(time.time() * 1000), "metrics": metrics}
            line = json.dumps(row) + "\n"
            with writing(self.folder, num_bytes=len(line)), open(self.folder / "log.jsonl", "a") as file:
                file.write(line)
        return text

    def write(self, confirmation: Confirmation | None, *, published_as: str | None, choices: set[str]) -> None:
        """Write ``search.json``, ``best.yaml`` and the pictures; ``searches/<published_as>.yaml`` and ``.json`` too.

        Args:
            confirmation: The winner on fresh seeds, if that was asked for.
            published_as: The name by which experiments take it up, if they shall.
            choices: Names of config groups: a value of one is a choice, not a value.
        """
        study, single = self.trials.study, len(self.trials.objectives) == 1
        confirmed = _confirmed(confirmation)
        trials = [_row(trial) for trial in study.get_trials(deepcopy=False) if trial.state != TrialState.WAITING]
        found = {
            "search": self.folder.name,
            "objective": self.trials.objectives,
            "direction": [item.name.lower() for item in study.directions],
            "space": self.trials.space.describe(),
            "fixed": list(self.trials.space.fixed),
            "trials": trials,
            "best": [trial.number for trial in study.best_trials],
            "confirmed": confirmed,
            "importance": importance(study) if single else {},
        }
        write_json(self.folder / "search.json", found)
        write_pictures(study, self.trials.objectives, self.folder / "pictures")
        best = self.trials.best_trial if single else None
        write_json(self.folder / "metrics.json", {"split": "search", "metrics": _measured(trials, best, confirmed)})
        if best is None:
            return
        value = best.value
        text = self._config(value, confirmed, choices)
        write_atomic(self.folder / "best.yaml", text)
        if published_as:
            write_atomic(Path(SEARCHES) / f"{published_as}.yaml", text)
            write_json(Path(SEARCHES) / f"{published_as}.json", _published(found, self.folder))

    def _config(self, value: Any, confirmed: dict[str, float], choices: set[str]) -> str:
        """The winner's values as a config that others can build on."""
        assert self.trials.best_trial is not None
        tree: dict[str, Any] = {}
        defaults = []
        for word in self.trials.space.overrides(self.trials.best_trial.params):
            key, _, text = word.partition("=")
            key = key.lstrip("+")
            if key in choices:
                defaults.append({f"override /{key}": _plain(text)})
                continue
            node = tree
            *path, last = key.split(".")
            for part in path:
                node = node.setdefault(part, {})
            node[last] = _plain(text)
        head = (
            "# @package _global_\n"
            f"# The best of {self.trials.done} trials of search {self.folder.name}: "
            f"{self.trials.objectives[0]} {value:.6g}"
            + (f", {confirmed['mean']:.6g} on {confirmed['n']:.0f} fresh seeds" if confirmed else "")
            + ".\n"
        )
        return head + yaml.safe_dump({**({"defaults": defaults} if defaults else {}), **tree}, sort_keys=False)


def _published(found: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the report tells of a search: without times, which differ each time, and with its command."""
    trials = [{key: value for key, value in trial.items() if key != "duration_s"} for trial in found["trials"]]
    return {**found, "trials": trials, "command": read_json(folder / "status.json").get("command", "")}


def _plain(text: str) -> Any:
    """A value as Hydra reads it: to YAML itself ``1e-05`` is a text."""
    return OmegaConf.to_container(OmegaConf.from_dotlist([f"value={text}"]))["value"]  # type: ignore[call-overload, index]


def _confirmed(confirmation: Confirmation | None) -> dict[str, float]:
    if confirmation is None or not confirmation.values:
        return {}
    low, high = confirmation.interval or (confirmation.mean, confirmation.mean)
    return {
        "mean": confirmation.mean,
        "low": low,
        "high": high,
        "n": len(confirmation.values),
        "optimism_gap": confirmation.gap,
    }


def _measured(trials: list[dict[str, Any]], best: FrozenTrial | None, confirmed: dict[str, float]) -> dict[str, Any]:
    """The search in single numbers: how many trials ended how, the best value, what it gives on fresh seeds."""
    states = [trial["state"].lower() for trial in trials]
    counts = {f"trials_{state}": states.count(state) for state in sorted(set(states))}
    again = {key if key == "optimism_gap" else f"confirmed/{key}": value for key, value in confirmed.items()}
    return {"trials": len(states), **counts, **({"best": best.value} if best else {}), **again}


def _row(trial: Any) -> dict[str, Any]:
    return {
        "number": trial.number,
        "state": trial.state.name,
        "params": trial.params,
        "values": trial.values,
        "runs": trial.user_attrs.get("runs", []),
        "each": trial.user_attrs.get("each"),
        "error": trial.user_attrs.get("error"),
        "retry_of": trial.user_attrs.get("retry_of"),
        "duration_s": trial.duration.total_seconds() if trial.duration else None,
    }
