import logging
import warnings
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from groklab.errors import UserError
from groklab.evaluation.baselines import check_baselines, predict_baselines
from groklab.evaluation.regression import Regression


@dataclass(frozen=True)
class Card:
    kind: str
    num_outputs: int
    statistics: dict
    fingerprint: str = "f0"
    name: str = "made"
    inputs: str = "numbers"
    overlap: int = 1


@dataclass(frozen=True)
class Prepared:
    card: Card
    parts: dict
    opened: list = field(default_factory=list)

    def open(self, split):
        self.opened.append(split)
        return self.parts[split]


def answers(estimators, data, split, *, memo):
    return predict_baselines(estimators, data, split, kind=data.card.kind, memo=memo)


def prepared(kind, x, y, *, num_outputs, seed=0):
    half = len(x) // 2
    keys = np.array([f"{row:04x}".encode() for row in range(len(x))])
    parts = {
        "train": SimpleNamespace(x=x[:half], y=y[:half], keys=keys[:half]),
        "test": SimpleNamespace(x=x[half:], y=y[half:], keys=keys[half:]),
    }
    statistics = {"x_mean": x[:half].mean(0).tolist(), "x_std": x[:half].std(0).tolist()}
    if kind == "regression":
        statistics |= {"y_mean": y[:half].mean(0).tolist(), "y_std": y[:half].std(0).tolist()}
    return Prepared(Card(kind, num_outputs, statistics), parts)


def flowers():
    """Three classes, each with a feature that tells it; the fourth never occurs."""
    draw = np.random.default_rng(0)
    y = np.arange(60, dtype=np.int64) % 3
    x = draw.normal(size=(60, 4)).astype(np.float32)
    x[np.arange(60), y] += 1000
    return prepared("classification", x, y, num_outputs=4)


def doses(num_targets):
    """Targets that are linear in the features."""
    draw = np.random.default_rng(0)
    x = draw.normal(50, 9, size=(40, 3)).astype(np.float32)
    y = (x @ draw.normal(size=(3, num_targets)) + 500).astype(np.float32)
    return prepared("regression", x, y, num_outputs=num_targets)


def test_a_classifier_gives_a_probability_to_every_class():
    found = answers(
        {"logistic_regression": LogisticRegression(), "majority": DummyClassifier(strategy="prior")},
        flowers(),
        "test",
        memo=None,
    )
    assert list(found) == ["logistic_regression", "majority"]
    logistic = found["logistic_regression"]
    assert logistic.outputs.shape == (30, 4)
    assert (logistic.outputs[:, 3] == 0).all()
    assert (logistic.outputs.argmax(1) == logistic.targets).all()
    np.testing.assert_allclose(found["majority"].outputs, [[1 / 3, 1 / 3, 1 / 3, 0]] * 30)


@pytest.mark.parametrize("num_targets", [1, 2])
def test_a_regressor_answers_in_data_units(num_targets):
    data = doses(num_targets)
    estimators = {
        "mean": DummyRegressor(),
        "linear_regression": LinearRegression(),
        "decision_tree": DecisionTreeRegressor(random_state=0),
    }
    found = answers(estimators, data, "test", memo=None)
    train = data.parts["train"].y
    np.testing.assert_allclose(found["mean"].outputs, [train.mean(0)] * 20, rtol=1e-5)
    np.testing.assert_allclose(found["linear_regression"].outputs, data.parts["test"].y, rtol=1e-4)
    assert found["decision_tree"].outputs.shape == (20, num_targets)
    assert Regression().score(found["linear_regression"])["r2"] == pytest.approx(1)


def test_pictures_are_flattened_after_standardizing_a_channel():
    draw = np.random.default_rng(0)
    y = np.arange(40, dtype=np.int64) % 2
    x = (40 * y[:, None, None, None] + draw.integers(0, 20, size=(40, 2, 3, 3))).astype(np.uint8)
    data = prepared("classification", x, y, num_outputs=2)
    statistics = {"x_mean": [[[30.0]], [[30.0]]], "x_std": [[[20.0]], [[20.0]]]}
    data = replace(data, card=replace(data.card, statistics=statistics))
    found = answers({"tree": DecisionTreeClassifier(random_state=0)}, data, "test", memo=None)
    assert (found["tree"].outputs.argmax(1) == data.parts["test"].y).all()


class Recorder(DummyClassifier):
    """Keeps what it sees."""

    seen: ClassVar[list] = []

    def fit(self, x, y):
        self.seen.append(x)
        return super().fit(x, y)


def test_pixels_are_seen_in_the_order_that_the_network_sees():
    x = np.arange(40 * 8, dtype=np.float32).reshape(40, 2, 2, 2)
    data = prepared("classification", x, np.arange(40) % 2, num_outputs=2)
    order = {"x_mean": [[[0.0]], [[0.0]]], "x_std": [[[1.0]], [[1.0]]], "pixel_order": [2, 0, 3, 1]}
    answers({"recorder": Recorder()}, replace(data, card=replace(data.card, statistics=order)), "test", memo=None)
    (seen,) = Recorder.seen
    assert seen[0].tolist() == [[[2, 0], [3, 1]], [[6, 4], [7, 5]]]


def test_the_second_call_reads_what_the_first_one_fitted(tmp_path):
    data, estimators = flowers(), {"tree": DecisionTreeClassifier(random_state=0)}
    first = answers(estimators, data, "test", memo=tmp_path)["tree"]
    assert len(list(tmp_path.iterdir())) == 1
    data.opened.clear()
    second = answers(estimators, data, "test", memo=tmp_path)["tree"]
    assert data.opened == []
    for name in ("outputs", "targets", "keys"):
        np.testing.assert_array_equal(getattr(second, name), getattr(first, name))


def test_another_argument_split_or_data_set_is_fitted_anew(tmp_path):
    data = flowers()
    other = replace(data, card=replace(data.card, fingerprint="f1"))
    for given, depth, split in [(data, 1, "test"), (data, 2, "test"), (data, 1, "train"), (other, 1, "test")]:
        tree = DecisionTreeClassifier(random_state=0, max_depth=depth)
        answers({"tree": tree}, given, split, memo=tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_damaged_memo_is_fitted_again(tmp_path, caplog):
    data, estimators = flowers(), {"majority": DummyClassifier()}
    first = answers(estimators, data, "test", memo=tmp_path)["majority"]
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    again = answers(estimators, data, "test", memo=tmp_path)["majority"]
    np.testing.assert_array_equal(again.outputs, first.outputs)
    assert path.name in caplog.text


def test_a_fit_that_does_not_converge_is_noted_each_time(tmp_path, caplog):
    data, estimators = flowers(), {"logistic_regression": LogisticRegression(max_iter=1)}
    for _ in range(2):
        caplog.clear()
        with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
            warnings.simplefilter("error")
            found = answers(estimators, data, "test", memo=tmp_path)["logistic_regression"]
        (note,) = found.notes
        assert "did not converge" in note
        assert "raise its max_iter" in note
        assert "baseline.logistic_regression" in caplog.text


def test_the_given_estimator_stays_as_it_is():
    tree = DecisionTreeClassifier(random_state=0)
    answers({"tree": tree}, flowers(), "test", memo=None)
    assert not hasattr(tree, "classes_")


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (LinearRegression(), "is not for classification; choose baseline=classification"),
        (RidgeClassifier(), "gives no probabilities"),
        (LogisticRegression(max_iter="many"), "max_iter"),
    ],
)
def test_what_cannot_be_scored_is_refused_by_name(estimator, said):
    with pytest.raises(UserError, match=rf"baseline\.mine: .*{said}"):
        check_baselines({"mine": estimator}, "classification")
