import pytest
from sklearn.base import clone

from groklab.assembly import build_baselines
from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.evaluation.baselines import check_baselines
from tests.programs import ROOT

CONF = ROOT / "conf"
KINDS = {
    "classification": "classification",
    "audio_classification": "classification",
    "language": "classification",
    "molecular_property": "regression",
    "regression": "regression",
    "forecasting": "regression",
    "text_classification": "classification",
    "super_resolution": "super_resolution",
    "srgan": "super_resolution",
    "generation": "generation",
    "detection": "detection",
    "transcription": "transcription",
}


SERIES = {"forecasting": ["data=co2"]}


@pytest.mark.parametrize("group", sorted(KINDS))
def test_every_baseline_of_a_group_is_built_can_be_cloned_and_is_for_its_kind(group):
    baselines = build_baselines(check(*compose_config(CONF, [f"baseline={group}", *SERIES.get(group, [])])))
    assert set(baselines) == {path.stem for path in (CONF / "baseline" / group).glob("*.yaml")}
    for estimator in baselines.values():
        assert clone(estimator).get_params() == estimator.get_params()
    check_baselines(baselines, KINDS[group])


def test_every_group_has_its_kind():
    assert {path.stem for path in (CONF / "baseline").glob("*.yaml")} == {*KINDS, "none"}
