"""What a study looks like: how it went on, what was tried, what mattered."""

import logging
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

_log = logging.getLogger(__name__)
_FEWEST = 4  # trials that a picture can say something of


def write_pictures(study: Study, objectives: Sequence[str], folder: Path) -> None:
    """Write ``history.png``, ``parallel_coordinates.png`` and ``importance.png``; of several objectives, the front.

    Args:
        study: With its trials.
        objectives: Names of its values.
        folder: Gets the files.
    """
    if len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))) < _FEWEST:
        return
    import matplotlib

    matplotlib.use("Agg")
    from optuna.visualization import matplotlib as drawn

    pictures: dict[str, Callable[[], Any]] = {}
    for index, name in enumerate(objectives):
        more: dict[str, Any] = {"target_name": name}
        if len(objectives) > 1:
            more["target"] = partial(_value, index)
        suffix = f"_{name.replace('/', '_')}" if len(objectives) > 1 else ""
        pictures[f"history{suffix}"] = partial(drawn.plot_optimization_history, study, **more)
        pictures[f"parallel_coordinates{suffix}"] = partial(drawn.plot_parallel_coordinate, study, **more)
        if len(study.trials[0].params) > 1:
            pictures[f"importance{suffix}"] = partial(drawn.plot_param_importances, study, **more)
    if len(objectives) in (2, 3):
        pictures["front"] = partial(drawn.plot_pareto_front, study, target_names=list(objectives))
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in pictures.items():
        _write(draw, folder / f"{name}.png")


def importance(study: Study) -> dict[str, float]:
    """The share of the values' spread that each parameter explains; empty with too few trials or parameters.

    Source: fANOVA; Hutter, Hoos & Leyton-Brown (2014), "An efficient approach for assessing hyperparameter importance".
    """
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len(complete) < _FEWEST or len(complete[0].params) < 2:
        return {}
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    try:
        return get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0))
    except (RuntimeError, ValueError) as error:  # such as values that are all the same
        _log.info("the parameters' importance is not known: %s", error)
        return {}


def _value(index: int, trial: FrozenTrial) -> float:
    return float(trial.values[index])


def _write(draw: Callable[[], Any], path: Path) -> None:
    from matplotlib import pyplot

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that these functions are experimental
        try:
            axes = draw()
            figure = axes.figure if hasattr(axes, "figure") else axes[0].figure
            figure.savefig(path, dpi=120, bbox_inches="tight")
        except (RuntimeError, ValueError) as error:  # such as values that are all the same
            _log.info("%s is not drawn: %s", path.name, error)
        finally:
            pyplot.close("all")
