"""A search space, from words in Hydra's grammar to Optuna's distributions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import (
    ChoiceSweep,
    IntervalSweep,
    Override,
    QuotedString,
    RangeSweep,
)
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from groklab.errors import UserError

REPEATED = ("seed", "fold")  # ranges of these are repeats of one configuration, not a choice between several


@dataclass(frozen=True)
class Space:
    """What a search varies, and what it does not.

    Args:
        distributions: Of each key.
        words: The key as the command line has it, with the ``+`` of one that the config lacks.
        texts: Of a key whose values are choices, each value as the command line has it.
        fixed: Overrides that every trial has; a range of seeds or folds is one of them, as a list.
    """

    distributions: dict[str, BaseDistribution]
    words: dict[str, str]
    texts: dict[str, dict[Any, str]]
    fixed: tuple[str, ...]

    def overrides(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """A trial's values as overrides."""
        return tuple(f"{self.words[key]}={self.texts[key].get(value, value)}" for key, value in params.items())

    def renamed(self, old: str, new: str) -> "Space":
        """The same space with another name for one of its keys."""

        def rename(by_key: dict[str, Any]) -> dict[str, Any]:
            return {new if key == old else key: value for key, value in by_key.items()}

        words = {key: word.replace(old, new) for key, word in rename(self.words).items()}
        return Space(rename(self.distributions), words, rename(self.texts), self.fixed)

    @property
    def corner(self) -> dict[str, Any]:
        """The first choice and the lowest number of each key."""
        return {
            key: item.choices[0] if isinstance(item, CategoricalDistribution) else item.low  # type: ignore[attr-defined]
            for key, item in self.distributions.items()
        }

    def outline(self) -> list[dict[str, Any]]:
        """The corner, then each other choice and each highest number in its turn, the rest as in the corner."""
        ends = {
            key: item.choices[1:] if isinstance(item, CategoricalDistribution) else [item.high]  # type: ignore[attr-defined]
            for key, item in self.distributions.items()
        }
        corner = self.corner
        return [corner, *({**corner, key: value} for key, values in ends.items() for value in values)]

    def describe(self) -> dict[str, str]:
        """The distributions in words, by key."""
        return {key: str(item) for key, item in self.distributions.items()}


def parse_space(words: Sequence[str], loader: Any) -> Space:
    """The space that ``words``, overrides with ranges, intervals and choices, span.

    Raises:
        UserError: There is nothing to vary, or a range has no use in a search.
    """
    distributions: dict[str, BaseDistribution] = {}
    texts: dict[str, dict[Any, str]] = {}
    keys: dict[str, str] = {}
    fixed: dict[str, str] = {}
    for override in OverridesParser.create(config_loader=loader).parse_overrides(list(words)):
        word = override.get_key_element()
        key = word.lstrip("+")
        distributions.pop(key, None)  # a later word wins
        fixed.pop(key, None)
        if not override.is_sweep_override():
            fixed[key] = override.input_line or word
        elif key in REPEATED:
            fixed[key] = f"{key}=[{','.join(override.sweep_string_iterator())}]"
        else:
            keys[key] = word
            distributions[key], texts[key] = _distribution(override)
    if not distributions:
        raise UserError(
            "command line: nothing to search; choose search=NAME, or give a range, such as "
            "'optimizer.lr=tag(log, interval(1e-4, 1e-1))' or 'architecture.depth=range(1,5)'"
        )
    return Space(distributions, keys, texts, tuple(fixed.values()))


def _distribution(override: Override) -> tuple[BaseDistribution, dict[Any, str]]:
    value = override.value()
    if isinstance(value, ChoiceSweep):
        texts = dict(zip(map(_plain, value.list), override.sweep_string_iterator(), strict=True))
        return CategoricalDistribution(list(texts)), texts
    if isinstance(value, IntervalSweep):
        return _interval(override, value), {}
    if isinstance(value, RangeSweep):
        return _range(override, value), {}
    raise UserError(f"command line: {override.input_line}: a search takes choice, range and interval")


def _plain(value: Any) -> Any:
    """A choice as Optuna can keep it."""
    if isinstance(value, QuotedString):
        return value.text
    return value if isinstance(value, str | int | float | bool) else str(value)


def _interval(override: Override, value: IntervalSweep) -> BaseDistribution:
    log, low, high = "log" in value.tags, value.start, value.end
    if low is None or high is None or low >= high or (log and low <= 0):
        rule = "from above 0 to a larger number" if log else "from a number to a larger one"
        raise UserError(f"command line: {override.input_line}: the interval should go {rule}")
    if isinstance(low, int) and isinstance(high, int):
        return IntDistribution(low, high, log=log)
    return FloatDistribution(float(low), float(high), log=log)


def _range(override: Override, value: RangeSweep) -> BaseDistribution:
    """Hydra's own meaning: the end is not part of a range."""
    values: list[Any] = list(value.range())
    if not values:
        raise UserError(f"command line: {override.input_line}: the range is empty")
    if value.shuffle or len(values) == 1:
        return CategoricalDistribution(values)
    low, high, step = min(values), max(values), abs(value.step)
    if all(isinstance(item, int) for item in values):
        return IntDistribution(low, high, step=int(step))
    return FloatDistribution(low, high, step=float(step))
