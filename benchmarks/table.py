"""Interleaved rounds as a table of medians and ratios."""

import statistics
from collections.abc import Callable, Mapping


def interleave(ways: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, list[float]]:
    """Run each way once a round, so that a noisy minute of the machine hits all of them."""
    measured: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            measured[name].append(way())
    return measured


def show(measured: Mapping[str, list[float]], *, unit: str, scale: float, reference: str) -> None:
    """Print the median of each way and its speed against ``reference``, as the median of the rounds' ratios."""
    print(f"| way | {unit} | speed against {reference} |\n|---|---|---|")
    for name, values in measured.items():
        ratios = [base / value for base, value in zip(measured[reference], values, strict=True)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"| {name} | {statistics.median(values) * scale:.1f} | {spread} |")
