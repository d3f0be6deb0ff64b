"""Every architecture with every regularizer, and every other choice: one quick batch, or a refusal."""

import pytest

from groklab.assembly import build_dataset, build_fit, build_regularizers, build_task
from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.data.prepared import ensure
from groklab.errors import UserError
from groklab.fitting import tensors
from tests.programs import ROOT

CONF = ROOT / "conf"
QUICK = ["trainer=debug", "tracking=none"]


def options(group):
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    root, count = tmp_path_factory.mktemp("quick"), iter(range(10_000))

    def one_batch(*overrides):
        config = check(*compose_config(CONF, [*QUICK, *overrides]))
        prepared = ensure(build_dataset(config), root / "prepared")
        regularizers = build_regularizers(config)
        task = build_task(config, prepared.card, regularizers)
        folder = root / str(next(count))
        folder.mkdir()
        data = (tensors(prepared, split, task) for split in ("train", "val"))
        return build_fit(config).fit(task, *data, folder=folder, procedures=regularizers.procedures)

    return one_batch


@pytest.mark.parametrize("name", options("experiment"))
def test_every_experiment_fits(fit, name):
    assert fit(f"experiment={name}").num_steps == 1


@pytest.mark.parametrize("regularizer", [*options("regularizer"), "l1,l2,dropout,batch_norm,early_stopping"])
@pytest.mark.parametrize("architecture", options("architecture"))
def test_every_architecture_fits_with_every_regularizer_or_says_that_it_cannot(fit, architecture, regularizer):
    overrides = (f"architecture={architecture}", f"regularizer=[{regularizer}]")
    if architecture == "linear" and ("dropout" in regularizer or "batch_norm" in regularizer):
        with pytest.raises(UserError, match="Linear has no place for a"):
            fit(*overrides)
    else:
        assert fit(*overrides).num_steps == 1


@pytest.mark.parametrize("group", ["activation", "optimizer", "scheduler"])
def test_every_activation_optimizer_and_schedule_fits(fit, group):
    for option in options(group):
        assert fit(f"{group}={option}", f"scheduler={option if group == 'scheduler' else 'cosine'}").num_steps == 1


@pytest.mark.parametrize("loss", options("loss"))
def test_every_loss_fits_one_kind_of_task_and_is_refused_by_the_other(fit, loss):
    regression = ("data=diabetes", "task=regression")
    right, wrong = ((), regression) if "entropy" in loss else (regression, ())
    assert fit(*right, f"loss={loss}").num_steps == 1
    with pytest.raises(UserError, match="choose loss="):
        fit(*wrong, f"loss={loss}")


@pytest.mark.parametrize(
    ("overrides", "hint"),
    [
        (["data=breast_cancer", "architecture=cnn"], "architecture=mlp"),
        (["data=diabetes"], "task=regression loss=mse"),
        (["task=regression", "loss=mse"], "task=classification loss=cross_entropy"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_mend(fit, overrides, hint):
    with pytest.raises(UserError, match=hint):
        fit(*overrides)
