"""A messy table, rare classes, rows in two parts, shuffled rows, another's folder (rows 40, 42, 43, 44, 46)."""

import shutil

import numpy as np
import pytest

from groklab.data.prepare import prepare
from groklab.data.prepared import ensure, open_prepared
from groklab.data.table import Table
from groklab.errors import UserError

PARTS = ("train", "val", "test")


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


def refusal(tmp_path, content, **arguments):
    path = tmp_path / "houses.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError) as caught:
        own(path, **arguments).load()
    message = str(caught.value)
    assert "\n" not in message
    return message


def numbered(num, *, seed=0):
    """Lines that differ in their number, so in their content."""
    chance = np.random.default_rng(seed)
    return [f"{n},{chance.integers(1000)},{'ab'[n % 2]},{n / 10}" for n in range(num)]


def write(path, lines, header="n,m,c,y"):
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def test_one_text_among_numbers_is_named_with_line_column_and_mend(tmp_path):
    lines = [f"{n},{n}" for n in range(20)]
    lines[12] = "about 12,12"
    message = refusal(tmp_path, "a,y\n" + "\n".join(lines))
    assert "houses.csv, line 14, column a: 'about 12' is no finite number" in message
    assert '\'data.missing=["","NA","NaN","nan","null","None","?","about 12"]\'' in message
    assert "data.categorical=[a]" in message


def test_both_mends_mend_it(tmp_path):
    path = write(tmp_path / "t.csv", ["1,1", "2,2", "n/a,3"], "a,y")
    assert list(own(path, missing=["n/a"]).load().x) == [[1.0], [2.0], [None]]
    assert list(own(path, categorical=["a"]).load().x) == [["1"], ["2"], ["n/a"]]


def test_the_line_is_that_of_the_file_even_after_quoted_line_breaks(tmp_path):
    content = 'note,a,y\n"two\nlines",1,1\n\n"three\nmore\nlines",2,2\nshort,x,3\n'
    assert "line 8, column a: 'x'" in refusal(tmp_path, content)


def test_latin_1_is_named_with_its_line_and_the_mend_mends_it(tmp_path):
    content = "town,y\nBonn,1\nK\u00f6ln,2\n".encode("latin-1")
    message = refusal(tmp_path, content)
    assert "houses.csv, line 3: byte 0xf6 is not utf-8; give data.encoding=latin-1" in message
    assert list(own(tmp_path / "houses.csv", encoding="latin-1").load().x) == [["Bonn"], ["K\u00f6ln"]]


def test_utf_16_is_suggested_where_its_mark_stands(tmp_path):
    assert "data.encoding=utf-16" in refusal(tmp_path, "a,y\n1,2\n".encode("utf-16"))
    assert list(own(tmp_path / "houses.csv", encoding="utf-16").load().x) == [[1.0]]
    assert "utf-99 is no encoding" in refusal(tmp_path, "a,y\n1,2\n", encoding="utf-99")


def test_a_byte_order_mark_is_dropped_and_stated(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("y,a\n1,2\n3,4\n".encode("utf-8-sig"))
    raw = own(path).load()
    assert raw.y.tolist() == [[1.0], [3.0]]
    assert "The byte order mark at the start of the file is dropped." in raw.rules


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,y\n", "no rows"),
        ("a,y\n1,2\n3\n", "line 3: has 1 cells, the header has 2"),
        ("a,y\n1,2\n3,4,5\n", "line 3: has 3 cells, the header has 2"),
        ("a,a,y\n1,2,3\n", "2 columns are called a"),
        ('a,y\n1,2\n"3,4\n5,6\n', "line 3: the row that begins here"),
        ("a;y\n1;2\n", 'give data.separator=";"'),
        ("a\ty\n1\t2\n", r'give data.separator="\t"'),
        ("y\n1\n", "no column of inputs"),
        ("a,y\n1,\n", "no row has a value of y"),
        ("a,y\n1,many\n", "line 2, column y: 'many' is no finite number"),
        ('a,y\n"1,5",1\n2,2\n', "line 2, column a: '1,5' is a number with a comma"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, said):
    assert said in refusal(tmp_path, content)


def test_too_many_texts_are_refused_with_the_mend(tmp_path):
    content = "id,a,y\n" + "\n".join(f"u{n},{n},{n}" for n in range(51))
    message = refusal(tmp_path, content)
    assert "column id: has 51 different texts, more than data.max_categories=50; give data.drop=[id]" in message
    assert own(tmp_path / "houses.csv", drop=["id"]).load().x[50] == [50.0]
    assert len(own(tmp_path / "houses.csv", max_categories=51).load().x) == 51


def test_ids_with_leading_zeros_reach_the_network_apart(tmp_path):
    lines = [f"{'007' if n % 2 else '7'},{n},{n}" for n in range(40)]
    card = prepare(own(write(tmp_path / "t.csv", lines, "id,a,y")), tmp_path / "table")
    assert card.feature_names == ["id=007", "id=7", "a"]
    assert any("leading zeros" in rule for rule in card.cleaning["rules"])


@pytest.mark.parametrize("members", [1, 2])
def test_a_rare_class_is_named(tmp_path, members):
    lines = [f"{n},{'common' if n >= members else 'rare'}" for n in range(40)]
    path = write(tmp_path / "t.csv", lines, "a,y")
    with pytest.raises(UserError, match=f"class 'rare' must have .* has {members};"):
        prepare(own(path, kind="classification"), tmp_path / "table")
    assert not (tmp_path / "table").exists()


def test_10_rows_copied_across_the_users_own_split_are_10_found(tmp_path):
    train = [f"{line},train" for line in numbered(90)]
    test = [f"{line},test" for line in numbered(130)[90:]]
    copied = np.random.default_rng(1).permutation(90)[:10]
    lines = [*train, *test, *(f"{numbered(90)[row]},test" for row in copied)]
    path = write(tmp_path / "t.csv", lines, "n,m,c,y,part")
    with pytest.raises(UserError, match="10 rows of test are also in train") as caught:
        prepare(own(path, split_column="part", test_fraction=None), tmp_path / "table")
    for number, row in enumerate(copied[:3]):  # one line of names, 130 rows before
        assert f"line {132 + number} as line {2 + row}" in str(caught.value)
    assert not (tmp_path / "table").exists()


def test_10_copied_rows_are_removed_where_groklab_splits(tmp_path):
    lines = numbered(90)
    card = prepare(own(write(tmp_path / "t.csv", [*lines, *lines[:10]])), tmp_path / "table")
    assert card.cleaning["duplicates_removed"] == 10
    assert sum(card.counts.values()) == 90


def test_the_users_own_split_is_taken(tmp_path):
    lines = [f"{line},{PARTS[n % 3]}" for n, line in enumerate(numbered(30))]
    path = write(tmp_path / "t.csv", lines, "n,m,c,y,part")
    given = {"split_column": "part", "val_fraction": None, "test_fraction": None}
    prepare(own(path, **given), tmp_path / "table")
    for part, numbers in zip(PARTS, (range(0, 30, 3), range(1, 30, 3), range(2, 30, 3)), strict=True):
        assert sorted(open_prepared(tmp_path / "table").open(part).x[:, 0]) == list(numbers)
    with pytest.raises(UserError, match=r"give data\.val_fraction=null data\.test_fraction=null"):
        own(path, split_column="part").load()


def test_without_rows_of_val_they_are_drawn_from_train(tmp_path):
    lines = [f"{line},{'test' if n < 10 else 'train'}" for n, line in enumerate(numbered(50))]
    path = write(tmp_path / "t.csv", lines, "n,m,c,y,part")
    card = prepare(own(path, split_column="part", val_fraction=0.25, test_fraction=None), tmp_path / "table")
    assert card.counts == {"train": 30, "val": 10, "test": 10}
    assert sorted(open_prepared(tmp_path / "table").open("test").x[:, 0]) == list(range(10))
    with pytest.raises(UserError, match=r"data\.val_fraction=null: nothing else says"):
        own(path, split_column="part", val_fraction=None, test_fraction=None).load()


def test_what_is_no_part_and_a_group_in_two_are_refused(tmp_path):
    lines = [f"{n},g{n // 2},{n},{part}" for n, part in enumerate(["train", "train", "train", "test"])]
    path = write(tmp_path / "t.csv", lines, "a,who,y,part")
    with pytest.raises(UserError, match="line 5: group g1 is in train and in test"):
        own(path, split_column="part", group="who", test_fraction=None).load()
    lines[2] = "2,g1,2,Training"
    write(path, lines, "a,who,y,part")
    with pytest.raises(UserError, match="line 4, column part: 'Training' is no part"):
        own(path, split_column="part", test_fraction=None).load()


@pytest.mark.parametrize("kind", ["classification", "regression"])
def test_shuffled_rows_are_in_identical_parts(tmp_path, kind):
    lines = [*numbered(80), *numbered(5)]
    lines[7], lines[9] = ",1,,1.5", "NA,2,b,2.5"
    arguments = {"kind": kind, "target": "c" if kind == "classification" else "y"}
    cards, keys = [], []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(85)
        path = write(tmp_path / f"t{seed}.csv", [lines[row] for row in order])
        cards.append(prepare(own(path, **arguments), tmp_path / f"table{seed}"))
        keys.append([open_prepared(tmp_path / f"table{seed}").open(part).keys.tolist() for part in PARTS])
    assert cards[0].fingerprint == cards[1].fingerprint == cards[2].fingerprint
    assert keys[0] == keys[1] == keys[2]


def test_another_tables_encoder_is_refused(tmp_path):
    first, second = (write(tmp_path / f"{n}.csv", numbered(40, seed=n)) for n in range(2))
    prepare(own(first), tmp_path / "a" / "table")
    prepare(own(second), tmp_path / "b" / "table")
    shutil.copy(tmp_path / "b" / "table" / "encoder.json", tmp_path / "a" / "table" / "encoder.json")
    with pytest.raises(UserError, match="fingerprint differs"):
        open_prepared(tmp_path / "a" / "table").encoder(own(first))


def test_another_tables_folder_is_not_taken_for_ones_own(tmp_path):
    first, second = (write(tmp_path / f"{n}.csv", numbered(40, seed=n)) for n in range(2))
    prepare(own(first), tmp_path / "table")
    assert ensure(own(second), tmp_path).folder != tmp_path / "table"
    with pytest.raises(UserError, match="holds data set table, not other"):
        prepare(own(second, name="other"), tmp_path / "table")
