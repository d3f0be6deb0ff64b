"""Atlases, a metric over every combination of some factors, as the files under ``atlases/`` have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from groklab.errors import UserError
from groklab.report.json_node import Node, read_node
from groklab.report.wording import setting

Value = str | float


@dataclass(frozen=True)
class Factor:
    """What was varied; ``values`` are floats where all of them are numbers, else words."""

    name: str
    values: tuple[Value, ...]

    @property
    def numeric(self) -> bool:
        """Whether its values have distances."""
        return all(isinstance(value, float) for value in self.values)


@dataclass(frozen=True)
class Cell:
    """One combination: ``values`` by factor, the mean over ``num_runs`` runs with its interval."""

    values: Mapping[str, Value]
    mean: float | None
    low: float | None
    high: float | None
    num_runs: int | None
    runs: tuple[str, ...]


@dataclass(frozen=True)
class Atlas:
    """One to three factors and a cell for each combination that was trained; ``failed`` names runs that did not end."""

    name: str
    statement: str
    metric: str
    factors: tuple[Factor, ...]
    cells: tuple[Cell, ...]
    failed: tuple[str, ...]
    command: str


def read_atlases(folder: Path) -> tuple[Atlas, ...]:
    """Every atlas under ``folder``, by file name; none where there is no such folder.

    Raises:
        UserError: a file is not JSON, a part of it is missing or of the wrong kind, or it has more than three factors.
    """
    return tuple(_atlas(read_node(path)) for path in sorted(folder.glob("*.json")))


def _atlas(known: Node) -> Atlas:
    factors = tuple(_factor(name, item) for name, item in known["factors"].items())
    if not 1 <= len(factors) <= 3:
        raise UserError(f"{known.path}: factors must be one, two or three, not {len(factors)}. Split the atlas.")
    return Atlas(
        name=known["atlas"].text(),
        statement=known["statement"].text(),
        metric=known["metric"].text(),
        factors=factors,
        cells=tuple(_cell(item, factors) for item in known["cells"].each()),
        failed=failed.texts() if (failed := known.get("failed")) else (),
        command=known["command"].text(),
    )


def _factor(name: str, known: Node) -> Factor:
    given = [item.value for item in known.each()]
    if not given:
        raise UserError(f"{known.path}: {known.place} has no values. Run the stage that wrote it again.")
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in given):
        return Factor(name, tuple(float(value) for value in given))
    return Factor(name, tuple(setting(value) for value in given))


def _cell(known: Node, factors: tuple[Factor, ...]) -> Cell:
    values: dict[str, Value] = {}
    for factor in factors:
        item = known["values"][factor.name]
        value = item.number() if factor.numeric else setting(item.value)
        if value not in factor.values:
            raise UserError(
                f"{known.path}: {item.place} must be one of {', '.join(map(setting, factor.values))}, "
                f"not {item.value!r}. Run the stage that wrote it again."
            )
        values[factor.name] = value
    mean, low, high = (known[key].number() for key in ("mean", "low", "high"))
    return Cell(values, mean, low, high, known["n"].whole(), known["runs"].texts())
