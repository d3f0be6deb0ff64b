"""Atlases as the template wants them: curves, rows or heat maps, and the table of all cells."""

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from groklab.report import wording
from groklab.report.atlas_pictures import curves, limits_of, rows
from groklab.report.atlases import Atlas, Cell, Factor, Value

# The share of colour in the cell with the highest mean: as much as leaves text legible in light and in dark.
_STRONGEST = 0.42


def atlas_sections(atlases: Sequence[Atlas], anchors: Iterable[str]) -> list[dict[str, Any]]:
    """One mapping for each atlas: its record, HTML id and panels."""
    return [
        {"atlas": atlas, "anchor": anchor, "panels": _panels(atlas, anchor), "runs": _num_runs(atlas)}
        for atlas, anchor in zip(atlases, anchors, strict=True)
    ]


def _num_runs(atlas: Atlas) -> int:
    return len({run for cell in atlas.cells for run in cell.runs})


def _panels(atlas: Atlas, anchor: str) -> list[dict[str, Any]]:
    """One panel, or, of three factors, small multiples on one scale."""
    if len(atlas.factors) < 3:
        return [{"title": None, **_panel(atlas, atlas.factors, atlas.cells, f"{anchor}--0")}]
    apart = _apart(atlas.factors)
    drawn = [factor for factor in atlas.factors if factor is not apart]
    return [
        {
            "title": f"{apart.name} {wording.setting(value)}",
            **_panel(
                atlas, drawn, [c for c in atlas.cells if c.values[apart.name] == value], f"{anchor}--{number}"
            ),
        }
        for number, value in enumerate(apart.values)
    ]  # fmt: skip


def _apart(factors: Sequence[Factor]) -> Factor:
    """The last factor; the last of words where that leaves one of numbers and one of words, which are curves."""
    words = [factor for factor in factors if not factor.numeric]
    return words[-1] if len(words) == 2 else factors[-1]


def _panel(atlas: Atlas, factors: Sequence[Factor], cells: Sequence[Cell], name: str) -> dict[str, Any]:
    limits = limits_of(atlas.cells)
    if len(factors) == 1:
        over = factors[0]
        if over.numeric:
            return {"svg": Markup(curves(atlas.metric, over, {None: cells}, limits, name=name))}
        return {"svg": Markup(rows(atlas.metric, over, cells, limits, name=name))}
    numbers, words = ([factor for factor in factors if factor.numeric is numeric] for numeric in (True, False))
    if len(numbers) == 1:
        lines: dict[Value | None, list[Cell]] = {
            value: [cell for cell in cells if cell.values[words[0].name] == value] for value in words[0].values
        }
        return {"svg": Markup(curves(atlas.metric, numbers[0], lines, limits, name=name))}
    return {"heat": _heat(factors[0], factors[1], cells, _shades(atlas))}


def _shades(atlas: Atlas) -> tuple[float, float]:
    known = [cell.mean for cell in atlas.cells if cell.mean is not None] or [0.0]
    return min(known), max(known)


def _heat(down: Factor, across: Factor, cells: Sequence[Cell], shades: tuple[float, float]) -> dict[str, Any]:
    """A table of cells, each with the share of colour that stands for its mean; None where nothing was trained."""
    found = {(cell.values[down.name], cell.values[across.name]): cell for cell in cells}
    least, most = shades

    def shown(cell: Cell | None) -> dict[str, Any] | None:
        if cell is None:
            return None
        share = 0.0 if cell.mean is None or most == least else (cell.mean - least) / (most - least)
        return {"cell": cell, "share": f"{100 * _STRONGEST * share:.1f}%"}

    return {
        "down": down.name,
        "across": across.name,
        "columns": across.values,
        "rows": [(value, [shown(found.get((value, column))) for column in across.values]) for value in down.values],
    }
