"""Jobs are composed from the files as they were when the multirun began."""

import shutil

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path
from hydra.types import RunMode
from omegaconf import OmegaConf

from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.errors import UserError
from groklab.launching.checking import settings_of
from groklab.launching.composing import Composer
from groklab.launching.job import Request
from tests.programs import ROOT


def composer_of(folder):
    loader = ConfigLoaderImpl(create_config_search_path(str(folder)))
    config = loader.load_configuration("config", overrides=[], run_mode=RunMode.MULTIRUN)
    with_dir = OmegaConf.merge(config, {"hydra": {"sweep": {"dir": "multirun/name"}}})
    return Composer(loader, with_dir, sweep="name")


def request(number, *words, **more):
    return Request(number, words, words, **more)


@pytest.fixture(scope="module")
def composer():
    return composer_of(ROOT / "conf")


@pytest.mark.parametrize(
    "words",
    [("experiment=digits_mlp",), ("experiment=digits_mlp", "optimizer=sgd", "optimizer.lr=0.5"), ("architecture=cnn",)],
)
def test_a_job_is_what_the_same_words_compose_on_their_own(composer, words):
    assert settings_of(composer, request(3, *words)) == check(*compose_config(ROOT / "conf", words))


def test_jobs_leave_no_trace_in_each_other(composer):
    first = settings_of(composer, request(0, "experiment=digits_mlp"))
    settings_of(composer, request(1, "experiment=mnist5k_cnn", "optimizer.lr=0.5"))
    assert settings_of(composer, request(2, "experiment=digits_mlp")) == first


def test_what_is_edited_later_changes_no_job(tmp_path):
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    composer = composer_of(tmp_path / "conf")
    before = composer.job(request(0, "experiment=digits_mlp")).config
    for path in (tmp_path / "conf" / "experiment" / "digits_mlp.yaml", tmp_path / "conf" / "optimizer" / "adam.yaml"):
        path.write_text(path.read_text().replace("60", "7").replace("0.001", "0.5").replace("1e-3", "0.5"))
    after = composer.job(request(0, "experiment=digits_mlp")).config
    assert after == before
    fresh = composer_of(tmp_path / "conf").job(request(0, "experiment=digits_mlp")).config
    assert (before.trainer.max_epochs, fresh.trainer.max_epochs) == (60, 7)
    assert fresh.optimizer.lr == 0.5


def test_a_job_knows_its_number_and_its_folder(composer):
    job = composer.job(request(7, "seed=1"))
    assert (job.number, job.config.hydra.job.num, job.sweep) == (7, 7, "name")
    assert str(job.log) == "multirun/name/7/job.log"
    assert str(composer.job(request(7, "seed=1", folder="confirm-3")).log) == "multirun/name/confirm-3/job.log"


def test_a_job_that_does_not_compose_is_refused_in_one_line(composer):
    with pytest.raises(UserError) as refused:
        settings_of(composer, request(0, "optimizer.lrr=1"))
    assert len(str(refused.value).splitlines()) == 1
    with pytest.raises(UserError, match=r"optimizer\.lr='abc'"):
        settings_of(composer, request(0, "optimizer.lr=abc"))
