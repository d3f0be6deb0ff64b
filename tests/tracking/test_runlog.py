from groklab.tracking.runlog import Point, points, read_lines


def test_a_torn_last_line_is_left_out(tmp_path):
    (tmp_path / "log.jsonl").write_text('{"a": 1}\n{"b": 2}\n{"c"')
    assert read_lines(tmp_path / "log.jsonl") == [b'{"a": 1}', b'{"b": 2}']


def test_no_log_is_an_empty_log(tmp_path):
    assert read_lines(tmp_path / "log.jsonl") == []


def test_each_metric_of_a_line_is_a_point_and_null_is_none():
    line = b'{"step": 5, "epoch": 0, "time_ms": 7, "metrics": {"a": 0.5, "b": null, "c": 2}}'
    assert list(points([line, b"not json"])) == [Point("a", 0.5, 5, 7), Point("c", 2.0, 5, 7)]
