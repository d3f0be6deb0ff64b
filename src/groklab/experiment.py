"""One experiment from config to metrics: what the pipeline's scripts call."""

import contextlib
import logging
import shutil
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import yaml

from groklab.assembly import build_baselines, build_dataset, build_evaluation, build_tracking
from groklab.coordinator import Pruned, coordinator
from groklab.data.card import CARD, Split
from groklab.data.encoding import ENCODER
from groklab.data.folds import Fold
from groklab.data.prepared import Prepared, ensure, open_prepared
from groklab.data.swap import replacing
from groklab.environment import environment
from groklab.errors import UserError
from groklab.files import check_writable, digest, read_json, write_atomic, write_json
from groklab.fitting import WEIGHTS, fitting
from groklab.identity import code_of, identity
from groklab.outcome import Trained, measured
from groklab.run_folder import RUNS, RunFolder
from groklab.tasks.gallery import SAMPLES
from groklab.training.fit import Fitted
from groklab.training.interrupts import Interrupted, Interrupts
from groklab.training.request import FitRequest

PREPARED, MODELS = Path("data/prepared"), Path("models")
CODE = "code.json"  # which modules mattered, by their hashes
SWEEP = "sweep.json"  # which multirun a run belongs to
BASELINES = RUNS / "baselines"
_PUBLISHED = (
    "config.yaml",
    "status.json",
    "log.jsonl",
    "best.json",
    "cost.json",
    "environment.json",
    CODE,
    "input_example.npy",
    CARD,
    ENCODER,
    SAMPLES,
    WEIGHTS,
)
_WHERE_MADE = (ENCODER, SAMPLES, CODE)
_log = logging.getLogger(__name__)


def prepare(config: Mapping[str, Any]) -> Path:
    """Prepare the data set of ``config`` where the pipeline looks for it, and return its folder."""
    from groklab.data.prepare import prepare as prepare_into

    dataset = build_dataset(config)
    prepare_into(dataset, PREPARED / dataset.name)
    return PREPARED / dataset.name


def prepared_data(config: Mapping[str, Any]) -> Prepared:
    """The data of ``config``, prepared if need be; of several folds, the data as they are without any.

    A job finds those that it was sent.
    """
    by = coordinator()
    sent = by.data({key: config.get(key) for key in ("data", "fold", "folds")}) if by else None
    if sent:
        return open_prepared(sent)
    number = config.get("fold")
    fold = Fold(number, config["folds"]) if isinstance(number, int) else None
    return ensure(build_dataset(config), PREPARED, fold)


def training(
    config: Mapping[str, Any], *, command: str, interrupts: Interrupts | None = None
) -> Generator[FitRequest, Fitted, Trained]:
    """Train what ``config`` describes, unless it is trained already, and score it.

    The fit itself is asked for, so that several can be one: whoever drives the generator sends what it leaves, or
    throws in what ended it.

    Args:
        config: Resolved and checked.
        command: The shell command that gives the run again.
        interrupts: Takes the signals already; default: the run's own.

    Raises:
        UserError: The parts do not fit each other, or the loss is not finite.
        Interrupted: A signal asked the run to stop; the same command goes on with it.
        Pruned: The search that started the run stops it.
    """
    prepared = prepared_data(config)
    run = identity(config, fingerprint=prepared.card.fingerprint)
    check_scoring(config, prepared)  # what cannot be scored is not trained
    tracking = build_tracking(config)
    if config["publish"]:
        check_writable(MODELS)
    with contextlib.nullcontext(interrupts) if interrupts else Interrupts() as signals, RunFolder(RUNS, run) as folder:
        if by := coordinator():
            by.run(run)
        if config["force"]:
            folder.clear()
        joins = _join(folder)
        found = folder.finished
        if found:
            _log.info("run %s is finished; force=true runs it again", run)
            if _score_run(config, folder, prepared) or joins:
                tracking.start(folder.path)
        else:
            folder.start(experiment=config["name"], command=command)
            _describe(config, folder.path, prepared)
            tracking.start(folder.path)
            try:
                yield from fitting(folder.path, config, prepared, signals)
                _score_run(config, folder, prepared)
            except (Interrupted, Pruned) as error:
                folder.end("KILLED", error=str(error))
                raise
            except BaseException as error:
                folder.end("FAILED", error=str(error) if isinstance(error, UserError) else repr(error))
                raise
            folder.end("FINISHED")
        tracking.finish()
        if config["publish"]:
            _publish(folder.path, MODELS / config["name"])
    return Trained(
        run,
        str(folder.path / "metrics.json"),
        config["trainer"]["monitor"],
        config["trainer"]["mode"],
        measured(read_json(folder.path / "best.json"), read_json(folder.path / "cost.json")),
        found,
    )


def check_scoring(config: Mapping[str, Any], prepared: Prepared) -> None:
    """See that what ``config`` trains can be scored, beside its baselines, and asked.

    Raises:
        UserError: It cannot.
    """
    from groklab.answering.choice import answering_of
    from groklab.evaluation.baselines import check_baselines

    check_baselines(build_baselines(config), config["task"]["kind"])
    build_evaluation(config)
    answering_of(config["task"]["kind"]).check(config, prepared)


def evaluate(config: Mapping[str, Any]) -> str:
    """Score the published model of ``config`` on the test part: the pipeline's last word on an experiment.

    The results lie where DVC looks for them, and in the run's own folder where that is at hand.

    Returns:
        ``run <id> FINISHED metrics/<experiment>.json``.

    Raises:
        UserError: The model was never trained.
    """
    from groklab.scoring import score, write_scores

    name = config["name"]
    trained = MODELS / name
    if not (trained / WEIGHTS).exists():
        raise UserError(f"{trained}: there is no trained model; run dvc repro train@{name} first")
    prepared = prepared_data(config)
    scores = score(trained, config, prepared, "test", memo=BASELINES)
    metrics = Path("metrics") / f"{name}.json"
    write_scores(
        scores,
        metrics=metrics,
        predictions=Path("predictions") / name,
        pictures=Path("pictures") / name,
        plots=Path("plots") / name,
    )
    run = scores.metrics["run"]
    if (RUNS / run / "status.json").exists():
        with RunFolder(RUNS, run) as folder:
            _write_into(folder, scores, config, prepared)
        tracking = build_tracking(config)
        tracking.start(folder.path)
        tracking.finish()
    return f"run {run} FINISHED {metrics}"


def _join(folder: RunFolder) -> bool:
    """Note of which multirun the run is a job, the last one that asked for it; whether that is new."""
    by = coordinator()
    if by is None:
        return False
    path = folder.path / SWEEP
    if path.exists() and read_json(path) == by.place:
        return False
    write_json(path, by.place)
    return True


def _describe(config: Mapping[str, Any], folder: Path, prepared: Prepared) -> None:
    write_atomic(folder / "config.yaml", yaml.safe_dump(dict(config), sort_keys=False))
    for name in (CARD, ENCODER):  # the preprocessing goes where the network goes
        if (prepared.folder / name).exists():
            write_atomic(folder / name, (prepared.folder / name).read_bytes())
    write_json(folder / "environment.json", environment())
    write_json(folder / CODE, code_of(config))


def _score_run(config: Mapping[str, Any], folder: RunFolder, prepared: Prepared) -> bool:
    """Score a trained run, unless the same was asked before; returns whether anything is new."""
    from groklab.scoring import score

    split: Split = "test" if config["test"] else "val"
    metrics = folder.path / "metrics.json"
    if metrics.exists() and (split == "val" or folder.status.get("evaluated") == _asked(config, prepared)):
        return False
    _write_into(folder, score(folder.path, config, prepared, split, memo=BASELINES), config, prepared)
    return True


def _write_into(folder: RunFolder, scores: Any, config: Mapping[str, Any], prepared: Prepared) -> None:
    from groklab.scoring import write_scores

    path = folder.path
    tested = scores.metrics["split"] == "test"
    write_scores(
        scores,
        metrics=path / "metrics.json",
        predictions=path / "predictions",
        pictures=path / "pictures" if tested else None,
        plots=path / "plots",
    )
    if tested:
        folder.note(evaluated=_asked(config, prepared))


def _asked(config: Mapping[str, Any], prepared: Prepared) -> str:
    from groklab.answering.choice import answering_of

    scored_with = answering_of(config["task"]["kind"]).scored_with(config, prepared)
    return digest([config["evaluation"], config["baseline"], *([scored_with] if scored_with else [])])


def _publish(run: Path, model: Path) -> None:
    """Put a run's result in the place of the model before it, which stays until the new one is whole."""
    with replacing(model) as incoming:
        for name in _PUBLISHED:
            if name not in _WHERE_MADE or (run / name).exists():
                shutil.copy2(run / name, incoming / name)
