"""A ``Report`` -> one HTML text that needs nothing but itself."""

import base64
import hashlib
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from groklab.files import write_atomic
from groklab.report import claims_section, search_pictures, wording
from groklab.report.atlases_section import atlas_sections
from groklab.report.claims_section import claim_sections
from groklab.report.cost_section import cost_section
from groklab.report.experiments_section import experiment_section, run_of
from groklab.report.gather import gather
from groklab.report.records import Experiment, Report, Search

VERDICTS = {"ahead": "▲ ahead", "tie": "= tie", "behind": "▼ behind", "open": "? no verdict"}
_FILTERS = (
    *("metric", "words", "number", "signed", "count", "duration", "moment"),
    *("setting", "measured", "probability", "percent", "in_steps", "signed_in_steps"),
)


def write_report(root: Path, output: Path) -> None:
    """Read the pipeline outputs under ``root`` and write the page to ``output``, whole or not at all.

    Raises:
        UserError: an input file is broken, or ``output`` cannot be written.
    """
    write_atomic(output, render(gather(root)))


def render(report: Report) -> str:
    """The page. The same report gives the same text, byte for byte."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=FunctionLoader(_part)
    )
    environment.filters |= {name: getattr(wording, name) for name in _FILTERS}
    environment.globals["verdicts"] = VERDICTS | claims_section.SHOWN
    style, script = _part("style.css"), _part("script.js")
    experiments = report.experiments
    anchors = _anchors("e", (experiment.name for experiment in experiments))
    return environment.get_template("page.html").render(
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        claims=claim_sections(report.claims, _anchors("c", (claim.name for claim in report.claims)))
        if report.claims
        else None,
        atlases=atlas_sections(report.atlases, _anchors("a", (atlas.name for atlas in report.atlases))),
        sections=[experiment_section(*pair) for pair in zip(experiments, anchors, strict=True)],
        searches=[
            _search(*pair)
            for pair in zip(report.searches, _anchors("s", (s.name for s in report.searches)), strict=True)
        ],
        grids=report.grids,
        cost=cost_section(experiments, anchors),
        totals=_totals(experiments),
        tally={verdict: sum(e.comparison.verdict == verdict for e in experiments) for verdict in VERDICTS},
    )


def _part(name: str) -> str:
    return files("groklab.report").joinpath(name).read_text(encoding="utf-8")


def _anchors(prefix: str, names: Iterable[str]) -> list[str]:
    """One HTML id per name: letters, digits and hyphens, none twice."""
    anchors: list[str] = []
    for name in names:
        plain = f"{prefix}-" + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed")
        anchor, again = plain, 2
        while anchor in anchors:
            anchor, again = f"{plain}--{again}", again + 1
        anchors.append(anchor)
    return anchors


def _totals(experiments: Iterable[Experiment]) -> dict[str, Any]:
    """Sums over runs; a run that two experiments share counts once."""
    runs = {run_of(experiment) or experiment.name: experiment for experiment in experiments}
    durations = [e.cost.duration_s for e in runs.values() if e.cost.duration_s is not None]
    ended = [e.status.ended for e in runs.values() if e.status and e.status.ended]
    return {
        "runs": sum(run_of(experiment) is not None for experiment in runs.values()),
        "duration_s": sum(durations) if durations else None,
        "ended": max(ended, default=None),
        "commits": sorted({e.commit for e in runs.values() if e.commit}),
    }


def _search(search: Search, anchor: str) -> dict[str, Any]:
    """A search with its drawings and HTML id."""
    drawn = [search_pictures.history(search, name=f"{anchor}--history")]
    if search.importance:
        drawn.append(search_pictures.importance(search.importance, name=f"{anchor}--importance"))
    return {"search": search, "anchor": anchor, "drawn": [Markup(svg) for svg in drawn]}
