"""What a claim measures on a run.

- ``test/METRIC``, ``val/METRIC``, ``train/METRIC``: the kept weights scored on that part, in evaluation;
- ``gap/METRIC``: its value on the test part less that on the training part;
- ``last val/loss``: what the log has at the last epoch;
- ``steps until val/accuracy >= 0.9``: steps to the first epoch for which that holds; a run that never comes there
  counts with the steps it had;
- ``weights below 0.001``: share of the numbers in weight matrices whose size is below;
- ``cost/NAME``: what training took.
"""

import json
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml

from groklab.data.card import Split
from groklab.errors import UserError
from groklab.files import read_json

_UNTIL = re.compile(r"steps until (\S+) (>=|<=) (\S+)")
_WEIGHTS = re.compile(r"weights below (\S+)")
_LAST = re.compile(r"last (\S+)")
_SCORED = re.compile(r"(test|val|train|gap|cost)/(\w+)")
_FORMS = "PART/METRIC (test, val, train, gap, cost), 'last NAME', 'steps until NAME >= NUMBER', 'weights below NUMBER'"
_HOLDS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}
_BETTER_HIGHER = ("accuracy", "auroc", "f1", "r2", "psnr", "ssim", "precision", "recall", "ap")


def known_metric(metric: str, *, where: str) -> None:
    """Refuse what is no metric.

    Raises:
        UserError: It is none.
    """
    numbers = [
        found for form in (_UNTIL, _WEIGHTS) if (match := form.fullmatch(metric)) for found in match.groups()[-1:]
    ]
    if any(not _is_number(number) for number in numbers) or not any(
        form.fullmatch(metric) for form in (_UNTIL, _WEIGHTS, _LAST, _SCORED)
    ):
        raise UserError(f"{where}={metric}: is no metric of a claim; write {_FORMS}")


def reads_test(metric: str) -> bool:
    """Whether a metric looks at the test part."""
    return bool(re.search(r"\b(test|gap)/", metric))


def higher_is_better(metric: str) -> bool:
    """Whether a larger value is to be chosen."""
    name = metric.rpartition("/")[2]
    return not metric.startswith(("steps", "gap", "weights")) and any(part in name for part in _BETTER_HIGHER)


@dataclass(frozen=True)
class Measured:
    """A value, and whether it stands for more than it could be seen to be.

    Args:
        value: None where the metric is undefined for the run.
        censored: The run ended before it came there.
    """

    value: float | None
    censored: bool = False


def measure(run: Path, metric: str) -> Measured:
    """A metric of a finished run.

    Args:
        run: Its folder.
        metric: As described above.

    Raises:
        UserError: The run has no such metric.
    """
    if match := _UNTIL.fullmatch(metric):
        return _steps_until(run, match[1], match[2], float(match[3]))
    if match := _WEIGHTS.fullmatch(metric):
        return Measured(_share_below(run / "weights.safetensors", float(match[1])))
    if match := _LAST.fullmatch(metric):
        return Measured(_finite(_logged(run, match[1])[-1][1]))
    match = _SCORED.fullmatch(metric)
    assert match is not None, "metrics are checked before anything is trained"
    part, name = match.groups()
    if part == "cost":
        return Measured(_of(read_json(run / "cost.json"), name, run))
    if part == "gap":
        test, train = (_of(scores(run, which), name, run) for which in ("test", "train"))
        return Measured(None if test is None or train is None else test - train)
    if part == "val" and (known := read_json(run / "best.json")["metrics"].get(metric)) is not None:
        return Measured(_finite(known))
    return Measured(_of(scores(run, part), name, run))


@lru_cache(maxsize=4096)
def scores(run: Path, part: str) -> Mapping[str, float | None]:
    """The scores of a run's kept weights on a part of its data."""
    from groklab.answering.choice import answering_of
    from groklab.answering.trained import load_trained
    from groklab.assembly import build_evaluation

    assert part in get_args(Split)
    config = yaml.safe_load((run / "config.yaml").read_text())
    prepared = _prepared(json.dumps({key: config.get(key) for key in ("data", "fold", "folds")}))
    said = answering_of(config["task"]["kind"]).predictions(load_trained(run, config, prepared), part)  # type: ignore[arg-type]
    return build_evaluation(config).score(said, names=prepared.card.class_names or prepared.card.target_names)


def baseline_score(settings: Mapping[str, Any], name: str, metric: str) -> float | None:
    """``test/METRIC``, ``val/METRIC``, ``train/METRIC`` or ``gap/METRIC`` of a baseline.

    Args:
        settings: Config whose data and baseline are meant.
        name: Of the baseline.
        metric: Which.

    Raises:
        UserError: There is no such baseline, or a baseline has no such metric.
    """
    match = _SCORED.fullmatch(metric)
    if match is None or match[1] == "cost":
        raise UserError(f"{metric}: is nothing that a baseline has; write test/METRIC, val/METRIC or gap/METRIC")
    if match[1] == "gap":
        test, train = (baseline_score(settings, name, f"{part}/{match[2]}") for part in ("test", "train"))
        return None if test is None or train is None else test - train
    from groklab.assembly import build_baselines, build_evaluation
    from groklab.config.suggest import did_you_mean
    from groklab.evaluation.baselines import predict_baselines
    from groklab.experiment import BASELINES

    estimators = build_baselines(settings)
    if name not in estimators:
        raise UserError(f"hydra.sweeper.arms: there is no baseline {name}. {did_you_mean(name, estimators)}")
    prepared = _prepared(json.dumps({key: settings.get(key) for key in ("data", "fold", "folds")}))
    kind = settings["task"]["kind"]
    said = predict_baselines({name: estimators[name]}, prepared, match[1], kind=kind, memo=BASELINES)  # type: ignore[arg-type]
    names = prepared.card.class_names or prepared.card.target_names
    return _of(build_evaluation(settings).score(said[name], names=names), match[2], Path(name))


@lru_cache(maxsize=64)
def _prepared(config: str) -> Any:
    from groklab.experiment import prepared_data

    return prepared_data(json.loads(config))


def _of(values: Mapping[str, Any], name: str, run: Path) -> float | None:
    if name not in values:
        raise UserError(f"{run}: {name} is not measured; known: {', '.join(sorted(values))}")
    return _finite(values[name])


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _logged(run: Path, name: str) -> list[tuple[int, float]]:
    rows = [json.loads(line) for line in (run / "log.jsonl").read_text().split("\n")[:-1]]
    found = [(row["step"], row["metrics"][name]) for row in rows if row["metrics"].get(name) is not None]
    if not found:
        known = sorted({key for row in rows for key in row["metrics"]})
        raise UserError(f"{run}/log.jsonl: {name} is not logged; known: {', '.join(known)}")
    return found


def _steps_until(run: Path, name: str, sign: str, bound: float) -> Measured:
    rows = _logged(run, name)
    for step, value in rows:
        if _HOLDS[sign](value, bound):
            return Measured(float(step))
    return Measured(float(rows[-1][0]), censored=True)


def _share_below(weights: Path, bound: float) -> float:
    from safetensors.torch import load_file

    matrices = [tensor for tensor in load_file(weights).values() if tensor.is_floating_point() and tensor.ndim > 1]
    small = sum(int((tensor.abs() < bound).sum()) for tensor in matrices)
    return small / sum(tensor.numel() for tensor in matrices)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
