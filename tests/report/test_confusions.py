import pytest

from groklab.errors import UserError
from groklab.report.confusions import read_confusions


def test_the_most_frequent_confusions_come_first_and_what_is_right_is_none(tmp_path):
    path = tmp_path / "confusion_matrix.csv"
    path.write_text("actual,predicted\n8,1\n1,1\n8,1\n4,9\n1,1\n1,1\n3,5\n")
    assert read_confusions(path, most=2) == (("8", "1", 2), ("3", "5", 1))


def test_no_file_is_none_and_no_confusion_is_empty(tmp_path):
    path = tmp_path / "confusion_matrix.csv"
    assert read_confusions(path) is None
    path.write_text("actual,predicted\n1,1\n")
    assert read_confusions(path) == ()


def test_a_missing_column_names_the_file(tmp_path):
    path = tmp_path / "confusion_matrix.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UserError, match=r"confusion_matrix\.csv"):
        read_confusions(path)
