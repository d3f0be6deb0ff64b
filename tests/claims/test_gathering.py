import json

import pytest

from groklab.claims.gathering import tally, write_verdicts
from groklab.errors import UserError
from tests.claims.records import outcome, record
from tests.claims.test_verdict import HIGH, LOW, NEAR


def test_claims_are_judged_together_and_listed(tmp_path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "gone.json").write_text("{}")
    for name, arms in {"good": (HIGH, LOW), "bad": (LOW, HIGH), "open": (NEAR, LOW)}.items():
        (tmp_path / "evidence" / f"{name}.json").write_text(json.dumps(record(outcome(*arms), name=name)))
    page = tmp_path / "claims.md"
    records = write_verdicts(tmp_path / "evidence", tmp_path / "claims", page)
    assert tally(records) == "1 supported, 1 contradicted, 1 not shown"
    assert sorted(path.stem for path in (tmp_path / "claims").glob("*.json")) == ["bad", "good", "open"]
    good = json.loads((tmp_path / "claims" / "good.json").read_text())
    assert good["outcomes"][0]["p_holm"] == pytest.approx(3 * good["outcomes"][0]["p"])
    assert "**Supported.**" in page.read_text()
    assert good["command"] in page.read_text()


def test_broken_evidence_is_named(tmp_path):
    with pytest.raises(UserError, match="holds no evidence"):
        write_verdicts(tmp_path, tmp_path / "claims", tmp_path / "claims.md")
    (tmp_path / "x.json").write_text('{"claim": "x"}')
    with pytest.raises(UserError, match=r"x.json: lacks statement; decide the claim again: dvc repro -f -s claim@x"):
        write_verdicts(tmp_path, tmp_path / "claims", tmp_path / "claims.md")
