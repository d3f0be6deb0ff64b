"""FAULTS rows 1 and 2 for two networks: killed at any time, both go on to the same bits."""

import random
import signal

import pytest

from tests.faults.test_training import CHECKPOINT, DRIVER, assert_same
from tests.forked import Forked
from tests.programs import TORTURE, epochs, finish, kill, program, result, run_folder, status, train, wait_until

SETTING = (
    *("data=digits", "task=generation", "loss=hinge", "architecture=dcgan_generator", "discriminator=dcgan"),
    *("regularizer=[batch_norm,weight_average]", "name=digits_gan"),
    "regularizer@discriminator.regularizer=[spectral_norm,r1,shift,dropout]",
    *("architecture.channels=4", "discriminator.architecture.channels=4", "task.discriminator_steps=2"),
    *("scheduler@discriminator.scheduler=cosine", "trainer.max_epochs=8", "trainer.batches_per_call=8"),
    *("trainer.checkpoint_every_s=0", "trainer.weights=last", "tracking=none"),
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    done = finish(train(folder, "data=digits", name="prepare"))
    assert done[0] == 0, done[2]
    return folder / "data"


@pytest.fixture
def place(tmp_path, prepared):
    (tmp_path / "data").symlink_to(prepared)
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("whole")
    (folder / "data").symlink_to(prepared)
    return result(folder, *SETTING)


def assert_same_draws(run, whole):
    assert_same(run, whole)
    for name in ("samples.npz", "predictions/test.npz"):
        assert (run / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.slow
def test_killed_at_random_points_both_networks_end_in_the_same_bits(place, whole):
    choose = random.Random(0)
    for kills in range(6 if TORTURE else 2):
        process = train(place, *SETTING)
        at = choose.randrange(kills, 7)
        wait_until(lambda at=at: epochs(place) > at, process)
        kill(process)
        assert status(run_folder(place))["status"] == "RUNNING"
    assert_same_draws(result(place, *SETTING), whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "moment"),
    [
        ("on_train_batch_end", 10),  # 5 calls an epoch: an epoch's last batch
        ("on_train_epoch_end", 8),  # the fit's last epoch is logged, not yet saved
    ],
)
def test_killed_at_an_exact_moment_both_networks_end_in_the_same_bits(place, whole, method, moment):
    command = ["-c", DRIVER, *CHECKPOINT, method, str(moment), "before", program("train"), *SETTING]
    code, _, err = finish(Forked(command, place))
    assert code == -signal.SIGKILL, err
    assert_same_draws(result(place, *SETTING), whole)
