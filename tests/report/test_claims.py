import copy
import json

import pytest

from groklab.errors import UserError
from groklab.report.claims import read_claims

from .evidence import NUM_SEEDS, write_claims

NAME = "batch_norm_speed"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A claim's file as JSON."""
    root = tmp_path_factory.mktemp("claims")
    write_claims(root)
    return json.loads((root / "claims" / f"{NAME}.json").read_text())


def read(folder, known):
    (folder / f"{NAME}.json").write_text(json.dumps(known))
    return read_claims(folder)


def changed(known, path, value=None):
    """A copy with another value at ``path``; without the key where it is None."""
    known = copy.deepcopy(known)
    *above, last = path
    node = known
    for key in above:
        node = node[key]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return known


def test_no_folder_is_no_claims(tmp_path):
    assert read_claims(tmp_path / "claims") == ()


def test_every_claim_is_read_with_a_value_for_each_seed(tmp_path):
    write_claims(tmp_path)
    claims = read_claims(tmp_path / "claims")
    assert [claim.name for claim in claims] == sorted(claim.name for claim in claims)
    for claim in claims:
        assert {setting.name for setting in claim.settings} == {arm.name for arm in claim.outcomes[0].arms}
        for outcome in claim.outcomes:
            assert all(len(arm.values) == NUM_SEEDS for arm in outcome.arms)


def test_what_failed_is_none_and_stays_in_its_place(tmp_path):
    write_claims(tmp_path)
    (claim,) = (claim for claim in read_claims(tmp_path / "claims") if claim.name == NAME)
    arm = claim.outcomes[1].arms[0]
    assert [place for place, value in enumerate(arm.values) if value is None] == [3]
    assert claim.outcomes[1].differences[3] is None


def test_what_all_arms_tried_alike_is_said_once_and_what_differs_by_arm(tmp_path, whole):
    """Both forms of the file: keys, or keys by arm."""
    shown = (("optimizer.lr", "[0.01, 0.03, 0.1]"),)
    for params in ({"optimizer.lr": [0.01, 0.03, 0.1]}, whole["tuning"]["params"]):
        assert read(tmp_path, changed(whole, ("tuning", "params"), params))[0].tuning.params == shown
    other = changed(whole, ("tuning", "params", "without"), {"optimizer.lr": [1.0]})
    assert read(tmp_path, other)[0].tuning.params == (
        ("with: optimizer.lr", shown[0][1]),
        ("without: optimizer.lr", "[1]"),
    )


def test_a_claim_of_no_trials_was_not_tuned(tmp_path, whole):
    assert read(tmp_path, changed(whole, ("tuning", "seeds"), 0))[0].tuning is None


@pytest.mark.parametrize(
    ("expect", "threshold"), [("lower", -20), ("higher", 20), ("no lower", -20), ("no higher", 20)]
)
def test_the_threshold_lies_where_the_claim_looks(tmp_path, whole, expect, threshold):
    """Lower must reach -20; no lower must not fall below it."""
    (claim,) = read(tmp_path, changed(whole, ("outcomes", 0, "expect"), expect))
    assert claim.outcomes[0].threshold == threshold


def test_what_is_not_known_may_be_null(tmp_path, whole):
    known = copy.deepcopy(whole)
    known |= {"more_seeds": None, "tuning": None, "cost": {"runs": None, "duration_s": None}}
    known["outcomes"][0] |= dict.fromkeys(("effect_size", "p", "p_holm", "power", "more_seeds"))
    known["outcomes"][0]["difference"] |= {"mean": None, "low": None, "high": None}
    (claim,) = read(tmp_path, known)
    assert (claim.tuning, claim.num_runs, claim.outcomes[0].mean) == (None, None, None)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("verdict",), "proven", "verdict must be one of supported, contradicted, not shown, not 'proven'"),
        (("verdict",), None, "verdict is missing"),
        (("outcomes",), {}, "outcomes must be a list"),
        (("outcomes", 0, "expect"), "more", r"outcomes\[0\]\.expect must be one of lower"),
        (("outcomes", 0, "difference", "mean"), "1", r"outcomes\[0\]\.difference\.mean must be a number or null"),
        (("outcomes", 1, "arms", "with", "values", 2), "x", r"outcomes\[1\]\.arms\.with\.values\[2\] must be a number"),
        (("outcomes", 0, "arms", "with", "runs"), None, r"outcomes\[0\]\.arms\.with\.runs is missing"),
        (("arms", "with"), 3, r"arms\.with must be an object"),
        (("flags",), [1], r"flags\[0\] must be a text"),
        (("tuning", "seeds"), 1.5, r"tuning\.seeds must be a whole number or null"),
    ],
)
def test_a_broken_part_is_told_in_one_line_with_file_and_place(tmp_path, whole, path, value, said):
    with pytest.raises(UserError, match=rf"{NAME}\.json: {said}") as error:
        read(tmp_path, changed(whole, path, value))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", ["{", "[]", "3"])
def test_a_file_that_is_none_is_named(tmp_path, content):
    (tmp_path / f"{NAME}.json").write_text(content)
    with pytest.raises(UserError, match=rf"{NAME}\.json"):
        read_claims(tmp_path)
