"""Boxes of results in the pages."""

import json

import live_results
import pytest

from groklab.errors import UserError
from groklab.primer import SECTIONS
from tests.programs import ROOT


@pytest.fixture
def root(tmp_path):
    for folder in ("conf/experiment/reference", "conf/claim", "metrics", "reference/metrics", "claims"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("small", "reference/canonical"):
        (tmp_path / f"conf/experiment/{name}.yaml").write_text("name: small\n")
    claim = "hydra:\n  sweeper:\n    statement: Water is wet.\n    section: layers\n"
    (tmp_path / "conf/claim/wet.yaml").write_text(claim)
    return tmp_path


def write(path, **changes):
    known = {"experiment": "small", "run": "0123abcd", "split": "test", "metrics": {"accuracy": 0.75, "f": 2.0}}
    path.write_text(json.dumps(known | changes))


def test_a_result_stands_with_its_best_baseline_its_run_and_its_command(root):
    baselines = {"majority": {"accuracy": 0.1}, "tree": {"accuracy": 0.8}}
    write(root / "metrics/small.json", baselines=baselines)
    box = live_results.result_box(root, "small")
    assert "**Accuracy 0.750**; best baseline, `tree`, 0.800, test part." in box
    assert "Run `0123abcd`: `python pipelines/train.py experiment=small`" in box


def test_of_errors_the_best_baseline_is_the_lowest(root):
    metrics, baselines = {"rmse": 2.0, "mse": 4.0}, {"mean": {"rmse": 3.0}, "persistence": {"rmse": 2.5}}
    write(root / "metrics/small.json", metrics=metrics, baselines=baselines)
    assert "`persistence`, 2.500" in live_results.result_box(root, "small")


def test_a_bound_is_no_rival(root):
    write(root / "metrics/small.json", baselines={"real_images": {"accuracy": 0.9}})
    assert "baseline" not in live_results.result_box(root, "small")


def test_what_was_not_run_says_so_and_how_to(root):
    for name in ("small", "reference/canonical"):
        box = live_results.result_box(root, name)
        assert live_results.ABSENT in box
        assert f"`python pipelines/train.py experiment={name}`" in box
    assert live_results.ABSENT in live_results.claims_box(root, "layers")


def test_a_reference_result_lies_in_its_own_folder(root):
    write(root / "reference/metrics/canonical.json", run="feed")
    assert "Run `feed`" in live_results.result_box(root, "reference/canonical")


def test_a_misspelt_experiment_metric_or_section_fails_the_build(root):
    write(root / "metrics/small.json")
    for comment, told in (
        ("result: smal", "smal is no experiment"),
        ("result: small acuracy", "no metric acuracy; name one of accuracy, f"),
        ("claims: layer", "layer is no section"),
    ):
        with pytest.raises(UserError, match=told):
            live_results.fill(f"<!-- {comment} -->", root)


def test_a_claim_stands_in_its_section_alone_with_its_verdict(root):
    known = {"claim": "wet", "statement": "Water is wet.", "section": "layers", "verdict": "not shown"}
    (root / "claims/wet.json").write_text(json.dumps(known | {"sentence": "Nobody looked."}))
    box = live_results.claims_box(root, "layers")
    assert '"Claim: Water is wet."' in box
    assert "**Not shown.** Nobody looked." in box
    assert "`python pipelines/train.py -m claim=wet`" in box
    assert [section for section in SECTIONS if live_results.claims_box(root, section)] == ["layers"]


def test_other_text_is_left_as_it_is(root):
    text = "# Title\n\n<!-- a remark -->\n\nA `<!-- result: small -->` in a line.\n"
    assert live_results.fill(text, root) == text


def test_the_primer_has_a_place_for_the_claims_of_every_section():
    primer = (ROOT / "docs/primer.md").read_text()
    assert [section for section in SECTIONS if f"<!-- claims: {section} -->" not in primer] == []
    assert [section for section in SECTIONS if f"{{#{section}}}" not in primer] == []
