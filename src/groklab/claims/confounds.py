"""What else than the stated difference could be behind a claim's result."""

from collections.abc import Iterable, Mapping
from typing import Any

from groklab.claims.definition import Claim
from groklab.errors import UserError

_RESERVED = ("seed", "seeds", "fold", "folds", "test", "publish", "name")
_WHOLE = ("experiment", "claim", "search", "searches", "atlas")


def refuse_hidden_differences(claim: Claim, settings: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse arms that differ in more than they say, or in what is to be held equal.

    Args:
        claim: Whose arms they are.
        settings: The resolved config of each arm, with the same seed.

    Raises:
        UserError: They do.
    """
    for name, arm in claim.arms.items():
        for key in [_key(word) for word in arm.overrides] + list(claim.tune if arm.tune is None else arm.tune):
            if key in (*_RESERVED, *claim.pair):
                raise UserError(f"hydra.sweeper.arms.{name}: {key} is set for pairs of seeds alike; leave it out")
            if key in _WHOLE:
                raise UserError(
                    f"hydra.sweeper.arms.{name}: {key} sets what is not seen here; name the keys in which arms differ"
                )
    arms = list(claim.networks)
    flat = {name: _flat(settings[name]) for name in arms}
    for name in arms[1:]:
        said = {_key(word) for arm in (arms[0], name) for word in claim.arms[arm].overrides}
        said |= {_key(key) for arm in (arms[0], name) for point in claim.points(arm) for key in point}
        for key in sorted(flat[arms[0]].keys() | flat[name].keys()):
            first, second = (flat[arm].get(key) for arm in (arms[0], name))
            if first == second or key.startswith(("hydra.", "baseline.")):
                continue
            if not _within(key, said):
                raise UserError(
                    f"hydra.sweeper.arms: {arms[0]} and {name} differ in {key} ({first} against {second}), which "
                    "neither names; set it in both"
                )
            if _within(key, claim.equal) and not _within(key, _chosen(claim)):
                raise UserError(
                    f"hydra.sweeper.arms: {arms[0]} and {name} differ in {key} ({first} against {second}), which "
                    "hydra.sweeper.equal holds equal; set it in both, or take it out of equal and say so"
                )


def unequal_costs(claim: Claim, costs: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> list[str]:
    """A sentence for each cost that was to be equal and is not.

    Args:
        claim: Whose runs they are.
        costs: By arm and seed.
    """
    flags = []
    for name in [entry.removeprefix("cost/") for entry in claim.equal if entry.startswith("cost/")]:
        seen = {arm: sorted({cost[name] for cost in by_seed.values()}) for arm, by_seed in costs.items() if by_seed}
        if len({tuple(values) for values in seen.values()}) > 1:
            told = ", ".join(
                f"{arm} {values[0]:g}" + (f" to {values[-1]:g}" if values[1:] else "") for arm, values in seen.items()
            )
            flags.append(f"The arms differ in {name}: {told}.")
    return flags


def notes(
    claim: Claim, settings: Mapping[str, Mapping[str, Any]], chosen: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """What a reader should know of the comparison, a sentence each."""
    found = []
    for name in claim.arms:
        points = claim.points(name)
        for key, value in chosen[name].items():
            tried = list(dict.fromkeys(point[key] for point in points))
            numbers = [entry for entry in tried if isinstance(entry, int | float) and not isinstance(entry, bool)]
            if len(numbers) == len(tried) > 2 and value in (min(tried), max(tried)):
                found.append(
                    f"The best {key.lstrip('+')} of {name}, {value:g}, is the end of the range that was tried."
                )
    if "data.split_seed" in claim.pair and len(claim.points(next(iter(claim.arms)))) > 1:
        found.append("Each seed splits the data anew: values were chosen on examples that other seeds test on.")
    last = [outcome.metric for outcome in claim.outcomes if outcome.metric.startswith("last ")]
    best = [name for name in claim.networks if settings[name]["trainer"]["weights"] == "best"]
    kept = [outcome.metric for outcome in claim.outcomes if outcome.metric.startswith(("test/", "gap/", "train/"))]
    if last and best and kept:
        found.append(f"{', '.join(last)} is of the last epoch, {', '.join(kept)} of the best one.")
    return found


def _chosen(claim: Claim) -> set[str]:
    return {_key(key) for name in claim.arms for point in claim.points(name) for key in point}


def _within(key: str, places: Iterable[str]) -> bool:
    return any(key == place or key.startswith(f"{place}.") for place in places)


def _key(word: str) -> str:
    return word.partition("=")[0].lstrip("+~").partition("@")[0].replace("/", ".")


def _flat(config: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            flat |= _flat(value, f"{place}{key}.")
        else:
            flat[f"{place}{key}"] = value
    return flat
