"""The referee itself, put to the test."""

import numpy as np
import pytest

from groklab.claims.statistics import LEVEL, power
from groklab.claims.verdict import judged
from tests.claims.records import outcome, record

CLAIMS, SEEDS = 400, 12


def simulated(draw, *, effect=0.0, smallest_effect=1.0):
    """Verdicts of claims whose arms share what a seed does to both, each judged by itself."""
    verdicts = []
    for _ in range(CLAIMS):
        shared = draw(SEEDS)
        first, second = shared + draw(SEEDS) + effect, shared + draw(SEEDS)
        (found,) = judged([record(outcome(first, second, smallest_effect=smallest_effect))])
        verdicts.append(found["verdict"])
    return verdicts


@pytest.mark.slow
@pytest.mark.parametrize("noise", ["normal", "skewed"])
def test_identical_arms_are_called_different_in_at_most_5_percent(noise):
    generator = np.random.default_rng(7)
    draw = {
        "normal": generator.standard_normal,
        "skewed": lambda n: generator.exponential(1.0, n),
    }[noise]
    verdicts = simulated(draw)
    assert CLAIMS - verdicts.count("not shown") <= 0.05 * CLAIMS


@pytest.mark.slow
def test_an_effect_of_the_stated_size_is_found_with_the_power_promised():
    generator = np.random.default_rng(3)
    deviation = 2**0.5  # of the difference of two arms of deviation 1
    for size in (1.4,):
        promised = power(size, deviation, SEEDS, alpha=LEVEL)
        verdicts = simulated(generator.standard_normal, effect=size, smallest_effect=size)
        error = 2 * (promised * (1 - promised) / CLAIMS) ** 0.5
        assert verdicts.count("supported") / CLAIMS >= promised - error
        assert verdicts.count("contradicted") == 0


@pytest.mark.slow
def test_claims_about_nothing_that_are_judged_together_find_nothing_in_95_of_100_reports():
    generator = np.random.default_rng(11)
    wrong = 0
    for _ in range(60):
        first, second = generator.standard_normal((2, 10, SEEDS))
        reports = [
            record(outcome(*pair), name=f"c{number}") for number, pair in enumerate(zip(first, second, strict=True))
        ]
        wrong += any(found["verdict"] != "not shown" for found in judged(reports))
    assert wrong <= 0.05 * 60
