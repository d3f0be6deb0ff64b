"""The network against its best baseline: a difference, an interval where there can be one, a sentence."""

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groklab.errors import UserError
from groklab.report import wording
from groklab.report.bootstrap import paired_interval
from groklab.report.headlines import BOUNDS, HEADLINES, headline_of
from groklab.report.records import Comparison, Interval, Metrics

_ROUNDING = 1e-3
_ONE_RUN = "One run on one split carries no verdict."


def compare(metrics: Metrics | None, predictions: Path) -> Comparison:
    """Compare on the headline metric.

    Args:
        metrics: The experiment's metrics file, None where it was not evaluated.
        predictions: Folder of ``test.npz`` and ``baseline_<name>.npz`` (outputs, targets); each may lack.

    Raises:
        UserError: a predictions file is there but cannot be read.
    """
    if metrics is None:
        return _without("It has not been evaluated: there is no metrics file.")
    metric = headline_of(metrics.values)
    if metric is None:
        return _without(f"It has no headline metric: the metrics file knows none of {', '.join(HEADLINES)}.")
    network, title = metrics.values[metric], wording.metric(metric)
    rivals = [(name, known) for name, known in metrics.baselines.items() if name not in BOUNDS]
    scored = {name: value for name, known in rivals if (value := known.get(metric)) is not None}
    # Ties go to the name that sorts first, so that the page does not depend on the order in the file.
    better = 1 if HEADLINES[metric].higher_is_better else -1
    best = min(scored, key=lambda name: (-better * scored[name], name), default=None)
    if network is None:
        reason = metrics.undefined.get(metric, "no reason was recorded")
        return _without(
            f"{title} is undefined for the network: {reason.rstrip('.')}.",
            metric,
            best,
            scored.get(best or ""),
        )
    if best is None:
        sentence = f"The network stands alone at {title} {wording.number(network)}: no baseline has a score."
        return Comparison(
            metric, network, None, None, None, None, "There is no baseline to compare with.", "open", sentence
        )
    difference = network - scored[best]
    found = _interval(metric, best, network, scored[best], predictions)
    interval, why = (found, None) if isinstance(found, Interval) else (None, found)
    verdict = _verdict(interval, better)
    sentence = _sentence(verdict, best, difference, interval)
    numbers = f"{wording.within(metric)} {wording.number(network)} against {wording.number(scored[best])}"
    tail = "" if interval else f" {_ONE_RUN}"
    return Comparison(
        metric,
        network,
        best,
        scored[best],
        difference,
        interval,
        why,
        verdict,
        f"{sentence}: {numbers}.{tail}",
    )


def _without(
    sentence: str, metric: str | None = None, best: str | None = None, value: float | None = None
) -> Comparison:
    return Comparison(metric, None, best, value, None, None, None, "open", sentence)


def _verdict(interval: Interval | None, better: int) -> str:
    if interval is None:
        return "open"
    if interval.low <= 0 <= interval.high:
        return "tie"
    return "ahead" if better * interval.low > 0 else "behind"


def _sentence(verdict: str, best: str, difference: float, interval: Interval | None) -> str:
    rival = wording.baseline(best)
    if verdict == "ahead":
        return f"The network beats {rival}"
    if verdict == "behind":
        return f"The network loses to {rival}"
    if interval is not None:
        return f"The network and {rival} cannot be told apart on these {interval.num_examples:,} test examples"
    if difference == 0:
        return f"The network scores the same as {rival}"
    return f"The network scores {'higher' if difference > 0 else 'lower'} than {rival}"


def _interval(metric: str, best: str, network: float, baseline: float, folder: Path) -> Interval | str:
    """The interval, or the reason why there is none."""
    ours, theirs = _load(folder / "test.npz"), _load(folder / f"baseline_{best}.npz")
    for found, owner in ((ours, "the network"), (theirs, wording.baseline(best))):
        if found is None:
            return f"The test predictions of {owner} are not stored, so the examples cannot be paired."
    assert ours is not None and theirs is not None
    same_length = all(len(part) == len(ours[1]) for part in (ours[0], *theirs[:2]))
    absent = ours[1].dtype.kind == "f"  # a NaN stands for a box or a pixel that is not there
    if not same_length or not np.array_equal(ours[1].ravel(), theirs[1].ravel(), equal_nan=absent):
        return "The stored predictions are not of the same examples in the same order, so they cannot be paired."
    if len(ours[1]) < 2:
        return "There are fewer than two test examples."
    headline = HEADLINES[metric]
    for outputs, recorded in ((ours[0], network), (theirs[0], baseline)):
        if not abs(headline.score(outputs, ours[1]) - recorded) < _ROUNDING * max(1, abs(recorded)):
            return "The stored predictions do not give the recorded score, so they may be of another run."
    if headline.difference is None:
        return f"{wording.metric(metric)} is no mean over examples, so no interval is drawn from them."
    interval = paired_interval(headline.difference(ours[0], theirs[0], ours[1]), len(ours[1]), overlap=ours[2])
    return interval or f"{wording.metric(metric)} is undefined on too many draws of so few test examples."


def _load(path: Path) -> tuple[NDArray, NDArray, int] | None:
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["outputs"], arrays["targets"], int(arrays["overlap"]) if "overlap" in arrays else 1
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path}: must hold the arrays outputs and targets ({error}). Remove it and evaluate again."
        ) from error
