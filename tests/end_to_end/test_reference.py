"""The reference experiments: in their pipeline, and a quick form of each on its real data where there is a mirror."""

import os
from pathlib import Path

import pytest
import yaml

from groklab.config.check import check
from groklab.config.composition import compose_config
from tests.end_to_end.test_combinations import CONF
from tests.end_to_end.test_combinations import fit as fit
from tests.programs import ROOT

REFERENCE = ROOT / "reference"
EXPERIMENTS = sorted(path.stem for path in (CONF / "experiment" / "reference").glob("*.yaml"))
MIRROR = Path(os.environ.get("GROKLAB_MIRROR") or ROOT.parent / "shared" / "data")


@pytest.fixture(scope="module")
def mirror():
    if not MIRROR.is_dir():
        pytest.skip("no mirror of the reference data; name its folder in GROKLAB_MIRROR")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROKLAB_MIRROR", str(MIRROR))
        yield


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_reference_experiment_fits_its_real_data(mirror, fit, name):
    assert fit(f"experiment=reference/{name}").num_steps == 1


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_reference_experiment_composes_and_has_a_name_of_its_own(name):
    assert check(*compose_config(CONF, [f"experiment=reference/{name}"]))["name"] == name
    assert len(list((CONF / "experiment").rglob(f"{name}.yaml"))) == 1


def test_every_reference_experiment_stands_in_the_reference_pipeline_with_its_data():
    (variables,) = yaml.safe_load((REFERENCE / "dvc.yaml").read_text())["vars"]
    assert sorted(variables["experiments"]) == EXPERIMENTS
    for name, row in variables["experiments"].items():
        assert row["data"] == check(*compose_config(CONF, [f"experiment=reference/{name}"]))["data"]["name"]
    assert sorted(variables["datasets"]) == sorted({row["data"] for row in variables["experiments"].values()})


OTHERS = ("search", "resolve_tuned", "claim", "verdicts", "atlas")


def test_the_reference_pipeline_has_the_stages_of_the_other_one_without_its_searches_and_claims():
    def stages(folder):
        found = yaml.safe_load((folder / "dvc.yaml").read_text())["stages"]
        kept = {name: stage for name, stage in found.items() if name not in OTHERS}
        others = ("searches", "claims", "atlases")
        kept["report"]["deps"] = [folder for folder in kept["report"]["deps"] if folder not in others]
        return yaml.safe_dump(kept, width=1000).replace("${item.config}", "resolved").replace("../", "")

    moved = stages(REFERENCE).replace("-cp reference/", "-cp ").replace(" --experiments reference", "")
    assert moved == stages(ROOT)
