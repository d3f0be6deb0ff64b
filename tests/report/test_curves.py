import math

import pytest

from groklab.errors import UserError
from groklab.report.curves import read_curves


def test_a_torn_last_line_is_ignored_and_the_later_of_two_lines_counts(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"epoch": 1, "metrics": {"a": 1.0}}\n{"epoch": 2, "metrics": {"a": 2.0}}\n'
        '{"epoch": 2, "metrics": {"a": 3.0, "b": 4}}\n{"epoch": 3, "metr'
    )
    curves = read_curves(log)
    assert curves.epochs == (1, 2)
    assert curves.series["a"] == (1.0, 3.0)
    assert math.isnan(curves.series["b"][0])


def test_no_log_and_an_empty_log_have_no_curves(tmp_path):
    assert read_curves(tmp_path / "log.jsonl") is None
    (tmp_path / "log.jsonl").write_text('{"epoch": 1')
    assert read_curves(tmp_path / "log.jsonl") is None


def test_a_broken_whole_line_is_named(tmp_path):
    (tmp_path / "log.jsonl").write_text('{"epoch": 1, "metrics": {}}\nnonsense\n')
    with pytest.raises(UserError, match=r"log\.jsonl, line 2"):
        read_curves(tmp_path / "log.jsonl")
