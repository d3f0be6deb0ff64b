import numpy as np
import pytest

from groklab.data.conform import conform
from groklab.errors import UserError
from tests.data.sets import Scores, raw, table

ROWS = raw([[1.0, 2.0]] * 4, [0, 1, 0, 1])


def test_bytes_stay_and_every_other_number_becomes_float32():
    images = raw(np.zeros((4, 1, 2, 2), np.uint8), [0, 1, 0, 1])
    assert conform(table(images), images).x.dtype == np.uint8
    for kind in (np.int64, np.float64, np.float16, bool):
        rows = raw(np.ones((4, 2), kind), [0, 1, 0, 1])
        assert conform(table(rows), rows).x.dtype == np.float32


def test_minus_zero_is_zero():
    rows = raw([[-0.0, 1.0]], [0])
    assert conform(table(rows), rows).x.tobytes() == np.array([[0.0, 1.0]], "<f4").tobytes()


def test_one_target_may_come_without_its_axis():
    rows = raw([[1.0], [2.0]], [0.5, 1.5])
    np.testing.assert_array_equal(conform(table(rows, kind=Scores), rows).y, [[0.5], [1.5]])


@pytest.mark.parametrize(
    ("rows", "arguments", "said"),
    [
        (raw([["a", "b"]] * 2, [0, 1]), {}, "numbers"),
        (ROWS, {"shape": [2, 1]}, r"shape=\[2, 1\]"),
        (raw([[1.0, 2.0]] * 3, [0, 1]), {}, "3 examples, but 2 targets"),
        (raw([[1.0, 2.0]] * 3, [0, 2, 1]), {"num_outputs": 2}, "row 1 .* class 2"),
        (raw([[1.0, 2.0]] * 3, [0.0, 0.5, 1.0]), {}, "row 1 .* class 0.5"),
        (raw([[1.0, 2.0]] * 3, [0.0, np.nan, 1.0]), {"num_outputs": 2}, "row 1 .* class nan"),
        (raw([[1.0, 2.0]] * 2, [[0], [1]]), {}, "y has shape"),
        (raw([[1.0, 2.0]] * 2, [0, 1], class_names=["a"]), {}, "1 class_names, but 2"),
        (raw([[1.0, 2.0]] * 2, [0, 1], feature_names=["a"]), {}, "1 feature_names, but 2"),
        (raw([[1.0, 2.0]] * 2, [0, 1], groups=np.array([1])), {}, "groups"),
    ],
)
def test_what_the_config_does_not_say_is_refused(rows, arguments, said):
    dataset = table(raw([[1.0, 2.0]] * 2, [0, 1]), **arguments)
    with pytest.raises(UserError, match=f"data table: .*{said}"):
        conform(dataset, rows)


def test_targets_with_too_many_columns_are_refused():
    rows = raw([[1.0, 2.0]] * 2, [[0.5, 1.0], [0.5, 1.0]])
    with pytest.raises(UserError, match="num_outputs=1"):
        conform(table(rows, kind=Scores), rows)
