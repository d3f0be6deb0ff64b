"""A claim as a stage: DVC sees what its evidence rests on, and judges anew what was decided before."""

import json

import pytest

from tests.end_to_end.test_dvc import IDENTITY, dvc, run, set_in, stages
from tests.small_pipeline import carry

CLAIM, EXPERIMENT = "hidden_layer_helps", "digits_linear"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clone")
    carry(folder, (EXPERIMENT,), claims=(CLAIM,), also=("digits_mlp",))
    claim = folder / "conf" / "claim" / f"{CLAIM}.yaml"
    small = claim.read_text().replace("data: mnist5k", "data: digits").replace("    arms:", "    seeds: 3\n    arms:")
    claim.write_text(small)
    set_in(claim, "trainer.max_epochs", 1)
    set_in(folder / "conf" / "experiment" / f"{EXPERIMENT}.yaml", "trainer.max_epochs", 1)
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", *IDENTITY, "commit", "-qm", "small")
    return folder


def test_evidence_is_judged_and_reported_and_asked_for_once(clone):
    ran = stages(dvc(clone, "repro"))
    assert {f"claim@{CLAIM}", "verdicts"} <= set(ran)
    assert ran.index(f"claim@{CLAIM}") < ran.index("verdicts") < ran.index("report")
    verdict = json.loads((clone / "claims" / f"{CLAIM}.json").read_text())
    assert len(verdict["outcomes"][0]["difference"]["values"]) == 3
    assert verdict["sentence"] in (clone / "docs" / "claims.md").read_text()
    assert verdict["statement"].rstrip(".") in (clone / "reports" / "index.html").read_text()
    assert stages(dvc(clone, "repro")) == []


def test_what_the_claim_asks_decides_again(clone):
    claim = clone / "conf" / "claim" / f"{CLAIM}.yaml"
    claim.write_text(claim.read_text().replace("smallest_effect: 0.01", "smallest_effect: 0.02"))
    assert set(stages(dvc(clone, "repro"))) == {"resolve", f"claim@{CLAIM}", "verdicts", "report"}
