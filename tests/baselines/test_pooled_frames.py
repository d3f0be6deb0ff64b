import math

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor

from groklab.baselines.pooled_frames import PooledFrames, pool

ABSENT = math.nan


def test_two_features_by_hand():
    # 1 and 3: mean 2, deviation 1; 5 and 11: mean 8, deviation 3; two frames.
    x = np.array([[[1, 5], [3, 11], [ABSENT, ABSENT]]], np.float32)
    assert pool(x).tolist() == [[2, 8, 1, 3, 1, 5, 3, 11, 2]]


def test_absent_frames_and_the_order_change_nothing():
    x = np.random.default_rng(0).normal(size=(4, 6, 3))
    padded = np.concatenate([x, np.full((4, 5, 3), ABSENT)], axis=1)
    np.testing.assert_allclose(pool(padded), pool(x))
    np.testing.assert_allclose(pool(x[:, ::-1]), pool(x))


def test_an_example_without_frames_has_zeros():
    assert pool(np.full((1, 3, 2), ABSENT)).tolist() == [[0] * 9]


def test_a_large_offset_leaves_the_deviation_right():
    x = 1e8 + np.array([1.0, 3.0])[None, :, None]
    assert pool(x)[0, 1] == 1


@pytest.mark.parametrize("model", ["logistic_regression", "decision_tree", "random_forest"])
def test_classes_of_other_spread_are_told_apart(model):
    y = np.arange(60) % 2 + 3
    x = np.random.default_rng(0).normal(size=(60, 20, 2)) * np.where(y == 3, 1, 9)[:, None, None]
    fitted = PooledFrames(kind="classification", model=model).fit(x[:40], y[:40])
    assert fitted.classes_.tolist() == [3, 4]
    assert (fitted.predict(x[40:]) == y[40:]).all()
    chances = fitted.predict_proba(x[40:])
    np.testing.assert_allclose(chances.sum(1), 1)
    assert (chances.argmax(1) + 3 == y[40:]).all()


def test_a_mean_is_regressed():
    x = np.random.default_rng(0).normal(size=(80, 5, 2))
    y = np.stack([x[:, :, 0].mean(1), x[:, :, 1].mean(1)], axis=1)
    fitted = PooledFrames(kind="regression", model="ridge").fit(x, y)
    assert np.abs(fitted.predict(x) - y).max() < 0.1


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"x has the shape \(3, 2\); give"):
        pool(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="model=ridge is not for classification; choose one of"):
        PooledFrames(kind="classification", model="ridge")._validate_params()


def test_it_is_cloned_and_is_what_its_kind_says():
    made = PooledFrames(kind="classification", model="random_forest", random_state=3)
    assert clone(made).get_params() == made.get_params()
    assert is_classifier(made)
    assert is_regressor(PooledFrames(kind="regression", model="ridge"))
