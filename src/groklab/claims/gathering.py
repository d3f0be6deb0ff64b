"""Evidence of all claims -> their verdicts, and a page that lists them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from groklab.claims.verdict import CONTRADICTED, NOT_SHOWN, SUPPORTED, judged
from groklab.errors import UserError
from groklab.files import read_json, write_atomic, write_json
from groklab.primer import SECTIONS

_NEEDED = ("claim", "statement", "section", "outcomes", "seeds", "arms", "command", "flags")
_HEAD = """# Claims

What the primer asserts, put to the test. Each claim is a YAML in `conf/claim/`: its arms are tuned with the same
number of trials on validation data, then compared on fresh seeds, pair by pair. The interval is a bootstrap (BCa,
95 %), the test flips signs of the paired differences, and its p values are corrected for all claims together (Holm).
*Not shown* is a verdict too: it says what more seeds could tell.

This page is written by `python pipelines/verdicts.py` from `evidence/`; `dvc repro` keeps it up to date.
"""


def write_verdicts(evidence: Path, output: Path, page: Path) -> list[dict[str, Any]]:
    """Judge every claim in ``evidence`` together; write ``<output>/<claim>.json`` and ``page``.

    Files of claims that are gone are removed.

    Raises:
        UserError: There is no evidence, or a file of it is broken.
    """
    files = sorted(evidence.glob("*.json"))
    if not files:
        raise UserError(f"{evidence}: holds no evidence; decide a claim first: dvc repro claim, or publish=true")
    records = judged([_read(path) for path in files])
    for path, record in zip(files, records, strict=True):
        write_json(output / path.name, record)
    for stale in set(output.glob("*.json")) - {output / path.name for path in files}:
        stale.unlink()
    write_atomic(page, _page(records))
    return records


def tally(records: Sequence[Mapping[str, Any]]) -> str:
    """How many claims came to which verdict."""
    verdicts = [record["verdict"] for record in records]
    return ", ".join(f"{verdicts.count(name)} {name}" for name in (SUPPORTED, CONTRADICTED, NOT_SHOWN))


def _read(path: Path) -> dict[str, Any]:
    record = read_json(path)
    if not isinstance(record, dict) or (missing := [key for key in _NEEDED if key not in record]):
        told = f"lacks {missing[0]}" if isinstance(record, dict) else "is no record"
        raise UserError(f"{path}: {told}; decide the claim again: dvc repro -f -s claim@{path.stem}")
    return record


def _page(records: Sequence[Mapping[str, Any]]) -> str:
    lines = [_HEAD, f"{len(records)} claims: {tally(records)}.\n"]
    for section in SECTIONS:
        of_section = [record for record in records if record["section"] == section]
        if of_section:
            lines.append(f"## {section.replace('_', ' ').capitalize()}\n")
            lines += [_entry(record) for record in of_section]
    return "\n".join(lines)


def _entry(record: Mapping[str, Any]) -> str:
    flags = "".join(f"\n- {flag}" for flag in record["flags"])
    return (
        f"### {record['statement']}\n\n**{record['verdict'].capitalize()}.** {record['sentence']}\n\n"
        f"`{record['command']}`\n{flags}\n"
    )
