import numpy as np
import pytest

from groklab.data.prepare import prepare
from groklab.data.prepared import open_prepared
from groklab.data.text_table import TextTable
from groklab.errors import UserError

REVIEWS = 'text,label\nGood,up\n"Bad, very bad",down\n  ,up\nNothing to say,\n\n"Two\nlines",up\n'


def table(path, content=None, **arguments):
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    usual = {"length": 4, "num_tokens": 50, "val_fraction": 0.2, "test_fraction": 0.2}
    return TextTable(**{"name": "own", "path": str(path), **usual, **arguments})


def test_rows_without_a_text_or_a_label_are_removed_and_counted(tmp_path):
    raw = table(tmp_path / "reviews.csv", REVIEWS).load()
    assert list(raw.x) == ["Good", "Bad, very bad", "Two\nlines"]
    assert list(raw.class_names) == ["down", "up"]
    np.testing.assert_array_equal(raw.y, [1, 0, 1])
    assert "Rows without a text are removed (1)." in raw.rules
    assert "Rows with a text and without a label are removed (1)." in raw.rules


def test_tabs_separate_in_a_tsv_and_the_columns_are_named(tmp_path):
    raw = table(tmp_path / "mail.tsv", "kind\tbody\nspam\tBuy, now\n", text="body", label="kind").load()
    assert list(raw.x) == ["Buy, now"]
    assert list(raw.class_names) == ["spam"]


def test_numbers_are_targets_of_a_regression(tmp_path):
    raw = table(tmp_path / "stars.csv", "text,label\na,1.5\nb,-2e1\nc,NA\nd,\n", kind="regression").load()
    assert raw.y.tolist() == [1.5, -20]
    assert raw.target_names == ["label"]
    assert "Rows with a text and without a label are removed (2)." in raw.rules


def test_it_can_be_prepared(tmp_path):
    rows = "".join(f"word{number} tail,{'ab'[number % 2]}\n" for number in range(40))
    card = prepare(table(tmp_path / "rows.csv", "text,label\n" + rows), tmp_path / "own")
    assert card.counts == {"train": 24, "val": 8, "test": 8}
    assert card.shape == [4]
    train = open_prepared(tmp_path / "own").open("train").x
    assert (train[:, 1] == 2).all()  # "tail" is the most frequent word, so the first after padding and unknown
    assert (train[:, 2:] == 0).all()


def test_the_card_says_what_a_token_is_and_how_many_are_unknown_or_cut(tmp_path):
    rows = "".join(f"word{number} tail,{'ab'[number % 2]}\n" for number in range(40))
    card = prepare(table(tmp_path / "rows.csv", "text,label\n" + rows, length=1, num_tokens=5), tmp_path / "own")
    # "tail" and two of the 24 words of the training part have numbers; of 80 tokens 40 are "tail", 2 one of those
    assert card.cleaning["rules"][-2:] == [
        "Tokens are lower-case words and single punctuation marks. Those of the training part are numbered, at most 3 "
        "that come 1 times or more (3); all others are one, the unknown (38).",
        "The first 1 tokens of a text are kept, longer ones are cut (40).",
    ]


@pytest.mark.parametrize(("level", "tokens"), [("words", ["good"]), ("characters", ["o", "G", "d"])])
def test_a_token_is_a_word_or_a_character(tmp_path, level, tokens):
    encoder = table(tmp_path / "reviews.csv", REVIEWS, level=level).encoder()
    encoder.fit(np.array(["Good"], dtype=object))
    assert encoder.state() == {"tokens": tokens}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"text,label\ncaf\xe9,up\n", r"line 2: byte 0xe9 is not utf-8.*encoding=latin-1"),
        ("text,label\nGood,up\nBad\n", r"line 3: has 1 cells, the header has 2"),
        ("text,label\nGood, it was,up\n", r"line 2: has 3 cells, the header has 2"),
        ("txt,label\nGood,up\n", r"data.text: .* has no column text; did you mean txt\?"),
        ("text,mark\nGood,up\n", r"data.label: .* has no column label; its columns are text, mark"),
        ("", "is empty"),
        ("text,label\n", "no rows"),
        ("text,label\n,up\nGood,\n", "no row has both text and label"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path, content, fault):
    with pytest.raises(UserError, match=fault):
        table(tmp_path / "reviews.csv", content).load()


def test_the_encoding_can_be_stated_and_a_byte_order_mark_is_no_text(tmp_path):
    raw = table(tmp_path / "a.csv", "text,label\ncafé,up\n".encode("latin-1"), encoding="latin-1").load()
    assert list(raw.x) == ["café"]
    assert list(table(tmp_path / "b.csv", "text,label\na,up\n".encode("utf-8-sig")).load().x) == ["a"]


def test_what_is_no_number_is_named_with_its_line(tmp_path):
    with pytest.raises(UserError, match=r"stars.csv, line 3: label='three' is no number"):
        table(tmp_path / "stars.csv", "text,label\na,1\nb,three\n", kind="regression").load()


def test_a_text_may_be_longer_than_pythons_limit_of_a_cell(tmp_path):
    assert len(table(tmp_path / "long.csv", f"text,label\n{'a' * 200_000},up\n").load().x[0]) == 200_000


@pytest.mark.parametrize("arguments", [{"kind": "language"}, {"num_tokens": 2}, {"encoding": "utf-9"}])
def test_arguments_out_of_range_are_refused(tmp_path, arguments):
    with pytest.raises(ValueError, match=f"{next(iter(arguments))}="):
        table(tmp_path / "reviews.csv", REVIEWS, **arguments)


def test_the_size_of_the_vocabulary_is_part_of_the_digest(tmp_path):
    small, large = (table(tmp_path / "reviews.csv", REVIEWS, num_tokens=num) for num in (10, 20))
    assert small.config_digest() != large.config_digest()


def test_new_texts_are_a_table_without_labels_or_one_a_line(tmp_path):
    dataset = table(tmp_path / "reviews.csv", REVIEWS)
    (tmp_path / "new.csv").write_text('id,text\n1,"A\nB"\n2,\n3,C\n')
    x, names = dataset.read_inputs(tmp_path / "new.csv")
    assert (list(x), names) == (["A\nB", "C"], ["2", "5"])  # the lines on which the rows begin
    (tmp_path / "new.txt").write_text("first\n\nthird\n")
    x, names = dataset.read_inputs(tmp_path / "new.txt")
    assert (list(x), names) == (["first", "third"], ["1", "3"])
