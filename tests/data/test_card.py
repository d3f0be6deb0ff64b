import hashlib
import json
from dataclasses import FrozenInstanceError, asdict, fields

import pytest

from groklab.data.card import Card, fingerprint, hash_line
from groklab.data.prepare import prepare
from groklab.errors import UserError
from tests.data.sets import random_rows, table


@pytest.fixture
def card(tmp_path):
    return prepare(table(random_rows()), tmp_path / "table")


def test_what_is_written_is_read(card, tmp_path):
    card.write(tmp_path / "copy.json")
    assert Card.read(tmp_path / "copy.json") == card
    assert json.loads((tmp_path / "copy.json").read_text()) == asdict(card)


def test_a_card_cannot_be_changed(card):
    with pytest.raises(FrozenInstanceError):
        card.name = "other"


@pytest.mark.parametrize(
    ("change", "said"),
    [({"kind": "ranking"}, "kind"), ({"counts": {"train": "many"}}, "counts.train"), ({"extra": 1}, "extra")],
)
def test_a_wrong_field_is_named(card, tmp_path, change, said):
    (tmp_path / "card.json").write_text(json.dumps({**asdict(card), **change}))
    with pytest.raises(UserError, match=f"card.json: .*{said}"):
        Card.read(tmp_path / "card.json")


@pytest.mark.parametrize("field", [field.name for field in fields(Card)])
def test_a_missing_field_is_named(card, tmp_path, field):
    known = asdict(card)
    del known[field]
    (tmp_path / "card.json").write_text(json.dumps(known))
    with pytest.raises(UserError, match=field):
        Card.read(tmp_path / "card.json")


def test_the_fingerprint_knows_name_and_bytes_but_not_the_order_of_files():
    arrays = {"train/x.npy": "aa", "val/x.npy": "bb"}
    same = fingerprint("digits", dict(reversed(arrays.items())))
    others = {fingerprint("other", arrays), fingerprint("digits", {**arrays, "val/x.npy": "cc"})}
    assert fingerprint("digits", arrays) == same
    assert same not in others and len(others) == 2


def test_the_hash_line_is_that_of_sha256sum(tmp_path):
    (tmp_path / "card.json").write_bytes(b"{}")
    assert hash_line(tmp_path / "card.json").decode() == hashlib.sha256(b"{}").hexdigest() + "  card.json\n"
