import numpy as np
import pytest
from scipy import stats

from groklab.claims.statistics import effect, holm, pairs_needed, power, two_sided


def test_signs_that_all_agree_have_the_smallest_p_value_there_is():
    found = effect([1.0, 2.0, 0.5, 3.0, 1.5])
    assert found.above == pytest.approx(1 / 2**5)
    assert found.below == 1.0
    assert two_sided(found.above, found.below) == pytest.approx(2 / 2**5)


def test_the_test_is_that_of_all_sign_flips():
    values = [0.3, -0.1, 0.8, 0.2, -0.4]
    signs = np.array(np.meshgrid(*[[-1, 1]] * 5)).reshape(5, -1).T
    means = (signs * values).mean(axis=1)
    assert effect(values).above == pytest.approx((means >= np.mean(values) - 1e-12).mean())


def test_a_bound_is_tested_by_the_differences_less_it():
    values = [1.0, 1.2, 0.9, 1.4, 1.1, 0.8]
    assert effect(values, bound=1.0).above == effect([value - 1 for value in values]).above
    assert effect(values, bound=1.0).mean == pytest.approx(np.mean(values))


def test_the_interval_is_the_bootstrap_of_scipy_and_a_point_where_nothing_varies():
    values = [0.3, -0.1, 0.8, 0.2, 0.9, 0.4]
    found = effect(values)
    assert found.low < np.mean(values) < found.high
    assert (found.low, found.high) == (effect(values).low, effect(values).high)
    still = effect([2.0] * 6)
    assert (still.low, still.high, still.standardized) == (2.0, 2.0, None)


def test_one_pair_is_refused():
    with pytest.raises(ValueError, match="1 pairs tell nothing"):
        effect([1.0])


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_power_is_that_of_simulated_t_tests():
    generator = np.random.default_rng(0)
    draws = generator.normal(0.8, 1.0, (4000, 15))
    found = (stats.ttest_1samp(draws, 0, axis=1).pvalue < 0.05) & (draws.mean(axis=1) > 0)
    assert power(0.8, 1.0, 15, alpha=0.05) == pytest.approx(found.mean() - 0.025, abs=0.02)
    assert power(1.0, 0.0, 5, alpha=0.05) == 1.0


def test_pairs_needed_are_the_fewest_with_the_power():
    needed = pairs_needed(0.5, 1.0, alpha=0.05)
    assert power(0.5, 1.0, needed, alpha=0.05) >= 0.8 > power(0.5, 1.0, needed - 1, alpha=0.05)
    assert 34 <= needed <= 38  # the tables have 34 for d = 0.5, two-sided 5 %, power 80 %
    assert pairs_needed(10.0, 1.0, alpha=0.05) == 6  # below, no p value of sign flips is small enough
    assert pairs_needed(1e-9, 1.0, alpha=0.05) is None
