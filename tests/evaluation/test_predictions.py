import numpy as np
import pytest

from groklab.errors import UserError
from groklab.evaluation.predictions import Predictions
from tests.evaluation.examples import classified, drawn_classes, keys, valued


def same(one: Predictions, other: Predictions) -> bool:
    arrays = ("outputs", "targets", "keys")
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        and getattr(one, name).dtype == getattr(other, name).dtype
        for name in arrays
    ) and (one.split, one.notes) == (other.split, other.notes)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("notes", [(), ("it did not converge", "é")])
def test_what_is_saved_is_loaded(tmp_path, dtype, notes):
    predictions = Predictions(
        np.array([[0.25, 0.75], [1, 0]], dtype),
        np.array([1, 0]),
        keys=np.array([b"ab", b"cd"]),
        split="val",
        kind="classification",
        notes=notes,
    )
    predictions.save(tmp_path / "deep" / "val.npz")
    assert same(Predictions.load(tmp_path / "deep" / "val.npz"), predictions)


def test_the_same_predictions_are_the_same_bytes(tmp_path):
    for name in "ab":
        drawn_classes(9, 3).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_no_flipped_bit_goes_unnoticed(tmp_path):
    predictions, path = drawn_classes(3, 3), tmp_path / "test.npz"
    predictions.save(path)
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        try:
            assert same(Predictions.load(path), predictions)
        except UserError as error:
            assert str(path) in str(error)


@pytest.mark.parametrize("content", [b"", b"PK", b"\x80\x04N."])
def test_a_file_that_holds_something_else_is_named(tmp_path, content):
    path = tmp_path / "test.npz"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"test\.npz: cannot be read as predictions"):
        Predictions.load(path)


def test_a_pickle_is_not_opened(tmp_path):
    path = tmp_path / "test.npz"
    whole = {
        "targets": np.zeros(1),
        "keys": keys(1),
        "split": np.array("test"),
        "kind": np.array("regression"),
        "overlap": np.array(1),
        "notes": np.array([], "U1"),
    }
    np.savez(path, outputs=np.array([{}]), **whole)
    with pytest.raises(UserError, match="allow_pickle=False"):
        Predictions.load(path)


def test_shapes_that_would_broadcast_are_refused_and_both_named():
    with pytest.raises(UserError, match=r"\(8, 1\).*\(8,\)"):
        Predictions(np.zeros((8, 1)), np.zeros(8), keys=keys(8), split="test", kind="regression")
    with pytest.raises(UserError, match=r"\(8, 2\).*\(8, 1\)"):
        Predictions(np.full((8, 2), 0.5), np.zeros((8, 1), np.int64), keys=keys(8), split="test", kind="classification")


@pytest.mark.parametrize(
    ("outputs", "targets", "said"),
    [
        ([[0.5, 0.5], [np.nan, 0.5]], [0, 1], "outputs of example 1 are not finite"),
        ([[2.0, -1.0]], [0], "no probabilities"),
        ([[0.5, 0.4]], [0], "sum to 0.9"),
        ([[0.5, 0.5]], [2], "target 2 is no class; give 0 to 1"),
        ([[0.5, 0.5]], [-1], "target -1 is no class"),
        ([[1.0]], [0], "one class"),
    ],
)
def test_what_is_no_answer_of_a_classifier_is_refused(outputs, targets, said):
    with pytest.raises(UserError, match=said):
        classified(outputs, targets)


def test_values_must_be_finite_and_there_must_be_some():
    with pytest.raises(UserError, match="targets of example 1 are not finite"):
        valued([1, 2], [1, np.inf])
    with pytest.raises(UserError, match="hold no value"):
        Predictions(np.zeros((0, 1)), np.zeros((0, 1)), keys=keys(0), split="test", kind="regression")


def test_types_and_keys_are_checked():
    with pytest.raises(UserError, match="targets are int32"):
        Predictions(np.full((1, 2), 0.5), np.zeros(1, np.int32), keys=keys(1), split="test", kind="classification")
    with pytest.raises(UserError, match="outputs are int64"):
        Predictions(np.array([[1, 0]]), np.zeros(1, np.int64), keys=keys(1), split="test", kind="classification")
    with pytest.raises(UserError, match="do not name 1 examples"):
        Predictions(np.full((1, 2), 0.5), np.zeros(1, np.int64), keys=keys(2), split="test", kind="classification")
