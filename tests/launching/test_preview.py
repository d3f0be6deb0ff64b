"""What jobs would do, told before any is launched."""

import os
import signal

import pytest

from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.errors import UserError
from groklab.experiment import prepared_data
from groklab.launching import measuring, trying
from groklab.launching.measuring import Cost, measure
from groklab.launching.preview import on_slots, preview_run, span, table, without_preview
from groklab.launching.shapes import shape_of
from groklab.launching.trying import Checked, checked_job, measured
from tests.programs import ROOT, finish, train


def settings(*overrides):
    return check(*compose_config(ROOT / "conf", ["experiment=digits_mlp", "tracking=none", *overrides]))


def cost(*steps_s):
    return Cost(
        num_parameters=10,
        num_batches=100,
        num_val_batches=2,
        steps_s=steps_s,
        validation_s=0.5,
        memory_bytes=3 * 2**20,
        device="cpu",
    )


def job(*words, finished=False):
    return Checked(words, settings(*words), 1, finished)


@pytest.mark.parametrize(
    "words",
    [("optimizer.lr=0.5",), ("seed=3",), ("regularizer.dropout.p=0.5",), ("trainer.max_epochs=3",), ("name=x",)],
)
def test_what_costs_nothing_keeps_the_shape(words):
    assert shape_of(settings(*words)) == shape_of(settings())


@pytest.mark.parametrize(
    "words",
    [
        ("architecture.depth=3",),
        ("optimizer=sgd",),
        ("regularizer=[l1]",),
        ("trainer.batch_size=64",),
        ("data=mnist5k",),
    ],
)
def test_what_costs_changes_the_shape(words):
    assert shape_of(settings(*words)) != shape_of(settings())


def test_a_row_takes_all_its_epochs_at_the_fastest_and_at_the_slowest_step(monkeypatch):
    monkeypatch.setattr(trying, "measure", lambda config: cost(0.01, 0.04))
    (row,) = measured([job("trainer.max_epochs=3")])
    # 3 epochs of 100 steps and 2 validation batches of half a second
    assert row.job_s == pytest.approx((3 * (1 + 1), 3 * (4 + 1)))


def test_jobs_of_one_shape_are_measured_once_and_told_apart_by_what_costs(monkeypatch):
    seen = []
    monkeypatch.setattr(trying, "measure", lambda config: seen.append(config) or cost(0.01))
    words = [(f"architecture.depth={depth}", f"seed={seed}") for depth in (1, 2) for seed in (0, 1)]
    lines = table(measured([job(*each) for each in words])).splitlines()
    assert len(seen) == 2
    assert [line.split()[:2] for line in lines[1:]] == [["architecture.depth=1", "2"], ["architecture.depth=2", "2"]]


def test_choices_of_one_shape_share_a_row_and_what_is_drawn_at_random_tells_nothing(monkeypatch):
    """Plain and with momentum, gradient descent is one class; a learning rate occurs in several rows, or in one."""
    monkeypatch.setattr(trying, "measure", lambda config: cost(0.01))
    drawn = [("sgd", 0.1), ("momentum", 0.1), ("adam", 0.1), ("adam", 0.7), ("momentum", 0.3)]
    rows = measured([job(f"optimizer={name}", f"optimizer.lr={lr}") for name, lr in drawn])
    lines = table(rows).splitlines()[1:]
    assert [line.split()[:2] for line in lines] == [["optimizer=sgd,momentum", "3"], ["optimizer=adam", "2"]]


def test_jobs_of_several_lengths_share_a_measurement_and_have_rows_of_their_own(monkeypatch):
    seen = []
    monkeypatch.setattr(trying, "measure", lambda config: seen.append(config) or cost(0.01))
    rows = measured([job("trainer.max_epochs=1"), job("trainer.max_epochs=5")])
    assert len(seen) == 1
    assert [row.num_epochs for row in rows] == [1, 5]


def test_a_free_slot_takes_the_next_job():
    assert on_slots([4, 1, 1, 1], 2) == 4
    assert on_slots([1, 1, 1], 2) == 2
    assert on_slots([3], 8) == 3


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.0012, 0.0034, "1.2 to 3.4 ms"),
        (0.5, 90, "500 ms to 1.5 min"),
        (7200, 7200, "2 h"),
        (0.0004, 0.0004, "0.4 ms"),
    ],
)
def test_durations_have_units_and_two_digits(low, high, text):
    assert span(low, high) == text


def test_the_word_itself_is_no_part_of_the_command():
    assert without_preview(["a=1", "preview=true", "preview.x=1"]) == ["a=1", "preview.x=1"]


def test_a_measured_network_has_its_parameters_and_its_epoch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = measure(settings("architecture.depth=0", "trainer.batch_size=100"))
    assert found.num_parameters == 64 * 10 + 10
    assert found.num_batches == prepared_data(settings()).card.counts["train"] // 100
    assert found.num_val_batches == 1
    assert found.memory_bytes > 2**20
    assert 0 < min(found.steps_s) <= max(found.steps_s)


def test_a_process_that_is_killed_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "_measured", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="killed by SIGKILL"):
        measure(settings())


def test_a_run_that_cannot_be_trained_is_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^regularizer.spectral_norm: it is for a discriminator"):
        preview_run(settings("regularizer=[spectral_norm]"))


def test_force_makes_nothing_count_as_finished(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(trying.RunFolder, "finished", True)
    assert checked_job(settings()).finished
    assert not checked_job(settings("force=true")).finished


@pytest.mark.slow
def test_a_grid_is_previewed_and_nothing_is_launched(tmp_path):
    words = (
        "-m",
        "experiment=digits_mlp",
        "trainer.max_epochs=2",
        "architecture.depth=1,2",
        "seed=0,1",
        "preview=true",
    )
    status, out, err = finish(train(tmp_path, *words))
    assert status == 0, err
    assert out.splitlines()[1].split()[:4] == ["architecture.depth=1", "2", "0", "9,610"]
    assert "4 jobs, 0 of them finished" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


@pytest.mark.slow
def test_every_bad_job_of_a_grid_is_named(tmp_path):
    words = ("-m", "experiment=digits_mlp", "architecture.depth=-1,1", "optimizer.lr=0.1,abc", "preview=true")
    status, out, err = finish(train(tmp_path, *words))
    assert status == 1
    lines = err.partition("3 of 4 jobs refused:\n")[2].splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "architecture.depth=-1 optimizer.lr=0.1",
        "architecture.depth=-1 optimizer.lr=abc",
        "architecture.depth=1 optimizer.lr=abc",
    ]
    assert not out


@pytest.mark.slow
def test_a_search_is_previewed_at_its_corners_and_at_random_points(tmp_path):
    words = ("-m", "experiment=digits_mlp", "search=lr_depth", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=6")
    status, out, err = finish(train(tmp_path, *words, "preview=true"))
    assert status == 0, err
    assert "6 trials, 0 of them over, and 3 fresh seeds" in out
    assert {"architecture.depth=1", "architecture.depth=4"} <= {line.split()[0] for line in out.splitlines()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
