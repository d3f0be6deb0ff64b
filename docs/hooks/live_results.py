"""Results that stand in a page: a comment in its Markdown becomes a box with what is measured now."""

import re
from pathlib import Path

import yaml

from groklab.errors import UserError
from groklab.files import read_json
from groklab.primer import SECTIONS
from groklab.report.headlines import BOUNDS, headline_of
from groklab.report.metrics import read_metrics
from groklab.report.records import Metrics
from groklab.report.wording import HIGHER_IS_BETTER, METRICS, metric, number

ABSENT = "Not run here yet."
_COMMENT = re.compile(r"^<!-- (?P<kind>result|claims): (?P<words>[\w/ ]+?) -->$", re.MULTILINE)


def fill(markdown: str, root: Path) -> str:
    """``markdown`` with a box for every ``<!-- result: EXPERIMENT [METRIC] -->`` and ``<!-- claims: SECTION -->``.

    Raises:
        UserError: there is no such experiment, metric or section.
    """
    return _COMMENT.sub(lambda found: _box(found["kind"], found["words"].split(), root), markdown)


def _box(kind: str, words: list[str], root: Path) -> str:
    return result_box(root, *words) if kind == "result" else claims_box(root, *words)


def result_box(root: Path, experiment: str, shown: str | None = None) -> str:
    """The figure of ``metrics/<experiment>.json``, its best baseline, its run and the command that gives it again.

    Args:
        root: Folder of the repository.
        experiment: A choice of ``conf/experiment``.
        shown: Metric; where none is given, the one that the report compares by.

    Raises:
        UserError: there is no such experiment, or its file has no such metric.
    """
    if not (root / f"conf/experiment/{experiment}.yaml").is_file():
        raise UserError(f"result: {experiment} is no experiment; name a file of conf/experiment")
    folder, _, name = experiment.rpartition("/")
    path = root / folder / "metrics" / f"{name}.json"
    command = f"`python pipelines/train.py experiment={experiment}`"
    if not path.is_file():
        return _admonition("measured", experiment, [ABSENT, command])
    known = read_metrics(path)
    shown = shown or headline_of(known.values)
    if shown is None or shown not in known.values:
        raise UserError(f"{path}: it has no metric {shown}; name one of {', '.join(known.values)}")
    parts = [f"**{metric(shown)} {number(known.values[shown])}**", *_rival(known, shown)]
    return _admonition(
        "measured", experiment, [f"{'; '.join(parts)}, {known.split} part.", f"Run `{known.run}`: {command}"]
    )


def _rival(known: Metrics, shown: str) -> list[str]:
    """The best baseline on the metric, if one was scored by it and its name says which way is better."""
    kind = shown.partition("_at_")[0]
    best = max if kind in HIGHER_IS_BETTER else min
    scores = {
        name: score
        for name, values in known.baselines.items()
        if name not in BOUNDS and (score := values.get(shown)) is not None
    }
    if not scores or kind not in METRICS:
        return []
    name = best(scores, key=lambda name: scores[name])
    return [f"best baseline, `{name}`, {number(scores[name])}"]


def claims_box(root: Path, section: str) -> str:
    """Every claim of a section of the primer, with its verdict; nothing where the section has none.

    A claim is a file of ``conf/claim``, its verdict ``claims/<claim>.json``.

    Raises:
        UserError: there is no such section.
    """
    if section not in SECTIONS:
        raise UserError(f"claims: {section} is no section of the primer; name one of {', '.join(SECTIONS)}")
    boxes = []
    for path in sorted((root / "conf/claim").glob("*.yaml")):
        asked = yaml.safe_load(path.read_text())["hydra"]["sweeper"]
        if asked["section"] == section:
            boxes.append(_claim(path.stem, asked["statement"], root / "claims" / f"{path.stem}.json"))
    return "\n".join(boxes)


def _claim(name: str, statement: str, path: Path) -> str:
    told = ABSENT
    if path.is_file():
        known = read_json(path)
        told = f"**{known['verdict'].capitalize()}.** {known['sentence']}"
    return _admonition("claim", f"Claim: {statement}", [told, f"`python pipelines/train.py -m claim={name}`"])


def _admonition(kind: str, title: str, lines: list[str]) -> str:
    quoted = title.replace('"', "'")
    return "\n".join([f'!!! {kind} "{quoted}"', *(f"\n    {line}" for line in lines), ""])
