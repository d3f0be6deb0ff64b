"""A user's own table: every kind of column, every rule stated, by files that the tests write."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest

from groklab.data.prepare import prepare
from groklab.data.prepared import ensure, open_prepared
from groklab.data.table import Table
from groklab.data.table_columns import Column
from groklab.data.table_encoder import TableEncoder
from groklab.errors import UserError


def own(path, **arguments):
    given = {
        "target": "y",
        "kind": "regression",
        "name": "table",
        "val_fraction": 0.2,
        "test_fraction": 0.2,
        **arguments,
    }
    return Table(path=str(path), **given)


def load(tmp_path, text, name="t.csv", **arguments):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return own(path, **arguments).load()


def encoded(tmp_path, text, **arguments):
    """All rows, encoded as if all were trained on."""
    path = tmp_path / "t.csv"
    path.write_text(text)
    table = own(path, **arguments)
    raw, encoder = table.load(), table.encoder()
    encoder.fit(raw.x)
    return encoder.feature_names(), encoder.transform(raw.x).tolist(), encoder


def test_numbers_are_taken_as_they_are(tmp_path):
    raw = load(tmp_path, "a,b,y\n1,-2.5,3\n1e2,.5,-4\n")
    assert list(raw.x) == [[1.0, -2.5], [100.0, 0.5]]
    assert raw.y.tolist() == [[3.0], [-4.0]]
    assert raw.target_names == ["y"]
    assert raw.source == "t.csv"


@pytest.mark.parametrize("text", ["1_000", "inf", "nan.", "0x10", "1e999", "1e39", "\u0663"])  # the last: Arabic 3
def test_what_only_looks_like_a_number_is_none(tmp_path, text):
    with pytest.raises(UserError, match=r"line 4, column a: .* is no finite number"):
        load(tmp_path, f"a,y\n1,1\n2,2\n{text},3\n")


def test_several_targets(tmp_path):
    raw = load(tmp_path, "a,u,v\n1,2,3\n4,5,6\n", target=["v", "u"])
    assert raw.y.tolist() == [[3.0, 2.0], [6.0, 5.0]]


def test_a_leading_zero_makes_a_column_one_of_texts_and_is_kept(tmp_path):
    raw = load(tmp_path, "id,y\n007,1\n12,2\n")
    assert list(raw.x) == [["007"], ["12"]]
    assert any("leading zeros" in rule and "id" in rule for rule in raw.rules)
    assert list(load(tmp_path, "a,y\n0,1\n0.5,2\n").x) == [[0.0], [0.5]]


def test_categorical_columns_are_texts(tmp_path):
    names, rows, _ = encoded(tmp_path, "code,y\n2,1\n10,2\n2,3\n", categorical=["code"])
    assert names == ["code=10", "code=2"]
    assert rows == [[0, 1], [1, 0], [0, 1]]


def test_a_missing_number_is_the_median_and_says_so(tmp_path):
    names, rows, _ = encoded(tmp_path, "a,y\n1,1\nNA,2\n3,3\n8,4\n")
    assert names == ["a", "a is missing"]
    assert rows == [[1, 0], [3, 1], [3, 0], [8, 0]]


def test_a_missing_text_is_a_category(tmp_path):
    names, rows, _ = encoded(tmp_path, "c,y\nred,1\n?,2\nblue,3\n")
    assert names == ["c=blue", "c=red", "c is missing"]
    assert rows == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_medians_and_categories_are_of_the_training_part_alone():
    rows = np.empty(3, object)
    rows[:] = [[1.0, "a"], [3.0, "b"], [100.0, "new"]]
    encoder = TableEncoder([Column("n", "number"), Column("c", "text")])
    encoder.fit(rows[:2])
    new = np.empty(2, object)
    new[:] = [[None, "new"], [5.0, None]]
    assert encoder.transform(new).tolist() == [[2, 0, 0], [5, 0, 0]]


def test_dates_become_their_parts(tmp_path):
    names, rows, _ = encoded(tmp_path, "d,y\n2024-02-29,1\n2023-12-31,2\n")
    assert names == ["d: year", "d: month", "d: day", "d: day of week"]
    assert rows == [[2024, 2, 29, 4], [2023, 12, 31, 7]]  # a Thursday and a Sunday


def test_times_give_the_hour_too(tmp_path):
    names, rows, _ = encoded(tmp_path, "d,y\n2024-01-01 06:30,1\n,2\n2024-01-03T18:30:00,3\n")
    assert names[-2:] == ["d: hour", "d is missing"]
    assert rows == [[2024, 1, 1, 1, 6.5, 0], [2024, 1, 2, 2, 12.5, 1], [2024, 1, 3, 3, 18.5, 0]]


def test_a_declared_date_that_is_none_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"line 3, column d: '2023-02-30' is no date"):
        load(tmp_path, "d,y\n2023-02-28,1\n2023-02-30,2\n", dates=["d"])


def test_classes_are_texts_in_order(tmp_path):
    raw = load(tmp_path, "a,y\n1,yes\n2,no\n3,yes\n", kind="classification")
    assert raw.class_names == ["no", "yes"]
    assert raw.y.tolist() == [1, 0, 1]


def test_integer_classes_are_in_the_order_of_numbers(tmp_path):
    raw = load(tmp_path, "a,y\n1,10\n2,9\n3,-1\n4,9.0\n", kind="classification")
    assert raw.class_names == ["-1", "9", "10"]
    assert raw.y.tolist() == [2, 1, 0, 1]


def test_classes_with_leading_zeros_keep_them(tmp_path):
    assert load(tmp_path, "a,y\n1,01\n2,1\n", kind="classification").class_names == ["01", "1"]


def test_numbers_with_decimals_are_no_classes(tmp_path):
    with pytest.raises(UserError, match=r"line 3, column y: '2.5' .*task=regression"):
        load(tmp_path, "a,y\n1,1\n2,2.5\n", kind="classification")


def test_one_class_is_none(tmp_path):
    with pytest.raises(UserError, match="every row is of class x"):
        load(tmp_path, "a,y\n1,x\n2,x\n", kind="classification")


def test_rows_without_a_target_are_removed_and_counted(tmp_path):
    raw = load(tmp_path, "a,y\n1,1\n2,\n3,NA\n4,4\n")
    assert list(raw.x) == [[1.0], [4.0]]
    assert "Rows without a value of the target are removed (2)." in raw.rules


def test_a_row_without_target_does_not_shift_the_line_of_a_fault(tmp_path):
    with pytest.raises(UserError, match="line 5, column a: 'x'"):
        load(tmp_path, "a,y\n1,1\n2,\n3,3\nx,4\n")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a;y\n1;2\n3;4\n", "t.csv"),
        ("a\ty\n1\t2\n3\t4\n", "t.tsv"),
        ("a,y\r\n1,2\r\n3,4\r\n", "t.csv"),
        ("a,y\r1,2\r3,4\r", "t.csv"),
        ("a , y\n 1, 2\n\n3,4", "t.csv"),
    ],
)
def test_separators_line_ends_spaces_and_blank_lines(tmp_path, text, name):
    raw = load(tmp_path, text, name, separator=";" if ";" in text else None)
    assert (list(raw.x), raw.y.tolist()) == ([[1.0], [3.0]], [[2.0], [4.0]])


def test_a_compressed_file(tmp_path):
    raw = load(tmp_path, gzip.compress(b"a,y\n1,2\n3,4\n"), "t.csv.gz")
    assert list(raw.x) == [[1.0], [3.0]]
    with pytest.raises(UserError, match=r"t\.csv\.gz: cannot be read"):
        load(tmp_path, gzip.compress(b"a,y\n1,2\n3,4\n")[:-9], "t.csv.gz")


def test_a_parquet_file_keeps_its_types(tmp_path):
    frame = pd.DataFrame(
        {
            "code": ["1", "2", None],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "f": [0.5, float("nan"), 2.5],
            "b": [True, False, True],
            "d": pd.to_datetime(["2024-01-01", None, "2024-01-03"]),
            "y": [1, 2, 3],
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    table = own(tmp_path / "t.parquet")
    raw = table.load()
    assert raw.x[0] == ["1", 1.0, 0.5, "True", "2024-01-01 00:00:00"]
    assert raw.x[1] == ["2", None, None, "False", None]
    assert raw.y.tolist() == [[1], [2], [3]]
    encoder = table.encoder()
    encoder.fit(raw.x)
    assert "d: hour" not in encoder.feature_names()
    (tmp_path / "t.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(UserError, match="cannot be read as Parquet"):
        own(tmp_path / "t.parquet").load()


def test_columns_that_are_no_inputs(tmp_path):
    text = "a,junk,who,empty,y\n" + "".join(f"{n},{n},p{n // 2},,{n}\n" for n in range(6))
    raw = load(tmp_path, text, drop=["junk"], group="who")
    assert raw.x[5] == [5.0]
    assert raw.groups.tolist() == ["p0", "p0", "p1", "p1", "p2", "p2"]
    assert any("any value" in rule and "empty" in rule for rule in raw.rules)


@pytest.mark.parametrize("key", ["target", "drop", "categorical", "dates", "group", "split_column"])
def test_a_column_that_is_none_has_a_suggestion(tmp_path, key):
    wrong = "hight" if key in ("target", "group", "split_column") else ["hight"]
    with pytest.raises(UserError, match=rf"data\.{key}: .*no column hight; did you mean height\?"):
        load(tmp_path, "height,y\n1,2\n", **{key: wrong})


def test_arguments_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="target too"):
        own("t.csv", drop=["y"])
    with pytest.raises(ValueError, match="one column"):
        own("t.csv", target=["a", "b"], kind="classification")
    with pytest.raises(ValueError, match="keep one"):
        own("t.csv", categorical=["a"], dates=["a"])


def test_the_folder_is_refused_and_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"is a folder"):
        own(tmp_path).load()
    with pytest.raises(UserError, match=r"data\.path: .*none\.csv does not exist \(looked in /.*\); give"):
        own(tmp_path / "none.csv").load()


def rows_of(num):
    chance = np.random.default_rng(0)
    return [f"{chance.normal():.6f},{'red' if n % 3 else 'blue'},{n}" for n in range(num)]


def test_prepared_it_has_the_shape_that_the_data_have(tmp_path):
    (tmp_path / "t.csv").write_text("a,c,y\n" + "\n".join(rows_of(50)) + "\n")
    table = own(tmp_path / "t.csv")
    card = prepare(table, tmp_path / "table")
    assert (card.shape, card.num_features, card.num_outputs) == ([3], 3, 1)
    assert card.feature_names == ["a", "c=blue", "c=red"]
    assert card.counts == {"train": 30, "val": 10, "test": 10}
    assert (card.licence, card.source) == ("not stated", "t.csv")
    assert str(tmp_path) not in json.dumps(card.cleaning)


def test_new_rows_need_no_target_and_may_have_other_columns(tmp_path):
    (tmp_path / "t.csv").write_text("a,c,y\n" + "\n".join(rows_of(50)) + "\n")
    prepare(own(tmp_path / "t.csv"), tmp_path / "table")
    fresh = own(tmp_path / "t.csv")  # which has loaded nothing
    (tmp_path / "new.csv").write_text('c,more,a\nblue,"two\nlines",1\ngreen,x,007\n')
    x, names = fresh.read_inputs(tmp_path / "new.csv")
    encoder = open_prepared(tmp_path / "table").encoder(fresh)
    assert names == ["2", "4"]
    assert encoder.transform(x).tolist() == [[1, 1, 0], [7, 0, 0]]
    (tmp_path / "new.csv").write_text('c,more,a\nblue,"two\nlines",1\ngreen,x,many\n')
    with pytest.raises(UserError, match=r"new\.csv, line 4, column a: 'many' is no finite number"):
        encoder.transform(fresh.read_inputs(tmp_path / "new.csv")[0])
    (tmp_path / "new.csv").write_text("c\nblue\n")
    with pytest.raises(UserError, match=r"new\.csv: has no column a"):
        encoder.transform(fresh.read_inputs(tmp_path / "new.csv")[0])


def test_an_encoder_is_restored_from_its_json(tmp_path):
    text = "a,d,c,y\n1,2024-01-01 10:00,x,1\n,,,2\n4,2024-01-02,z,3\n"
    names, rows, encoder = encoded(tmp_path, text)
    again = TableEncoder()
    again.restore(json.loads(json.dumps(encoder.state())))
    assert again.feature_names() == names
    assert again.transform(own(tmp_path / "t.csv").load().x).tolist() == rows


def test_the_digest_depends_on_the_file_but_not_on_what_is_found_in_it(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,2\n")
    first = own(path).config_digest()
    assert own(path, shape=[1], num_features=1, num_outputs=1).config_digest() == first
    assert own(path, drop=["b"]).config_digest() != first
    path.write_text("a,y\n1,2\n3,4\n")
    assert own(path).config_digest() != first


def test_a_changed_file_is_prepared_again(tmp_path):
    (tmp_path / "t.csv").write_text("a,c,y\n" + "\n".join(rows_of(50)) + "\n")
    first = ensure(own(tmp_path / "t.csv"), tmp_path / "prepared").card
    assert ensure(own(tmp_path / "t.csv"), tmp_path / "prepared").card == first
    (tmp_path / "t.csv").write_text("a,c,y\n" + "\n".join(rows_of(60)) + "\n")
    assert ensure(own(tmp_path / "t.csv"), tmp_path / "prepared").card.cleaning["rows_in"] == 60
