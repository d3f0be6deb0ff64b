"""Two processes that share each batch take the steps of one."""

import functools

import pytest
import torch
from torch import nn

from groklab.architectures.mlp import MLP
from groklab.errors import UserError
from groklab.regularizers.l2 import L2
from groklab.tasks.supervised import Supervised
from groklab.training.fit import Fit
from groklab.training.interrupts import Interrupted
from groklab.training.parallel_fit import ParallelFit
from groklab.training.sharded_fit import ShardedFit
from tests.programs import finish, result, status, train
from tests.training.test_fit import StopAt, data, log, same

pytestmark = pytest.mark.slow


def make_task(lr=0.01, *, penalties=True):
    torch.manual_seed(7)
    return Supervised(
        MLP(6, 2, width=8, depth=1),
        nn.CrossEntropyLoss(),
        kind="classification",
        num_outputs=2,
        penalties={"l2": L2(0.01)} if penalties else {},
        optimizer=functools.partial(torch.optim.SGD, lr=lr, momentum=0.9),
        seed=3,
    )


def run(folder, kind=ParallelFit, *, task=None, interrupts=None, **settings):
    folder.mkdir(exist_ok=True)
    common = {"max_epochs": 3, "batch_size": 8, "batches_per_call": 3, "accelerator": "cpu", "gradient_clip_val": 0.5}
    fit = kind(**{**common, "devices": 1 if kind is Fit else 2, **settings})
    return fit.fit(task or make_task(), data(), data(40, 1), folder=folder, interrupts=interrupts)


def test_two_processes_take_the_steps_of_one(tmp_path):
    """The mean of two halves' mean gradients is the whole batch's; float32 rounding apart, 1e-5."""
    one, two = run(tmp_path / "one", Fit), run(tmp_path / "two", accumulate_grad_batches=2)
    assert one.num_steps == two.num_steps == 36
    for name, weight in one.weights.items():
        torch.testing.assert_close(two.weights[name], weight, rtol=1e-5, atol=1e-5)
    for (step, epoch, values), (step2, epoch2, values2) in zip(
        log(tmp_path / "one"), log(tmp_path / "two"), strict=True
    ):
        assert (step, epoch) == (step2, epoch2)
        assert values2 == pytest.approx(values, rel=1e-5, abs=1e-5)


def test_stopped_in_an_epoch_it_goes_on_to_the_same_bits(tmp_path):
    whole = run(tmp_path / "whole")
    with pytest.raises(Interrupted):
        run(tmp_path / "cut", interrupts=StopAt(6))
    again = run(tmp_path / "cut")
    assert same(again.weights, whole.weights)
    assert log(tmp_path / "cut") == log(tmp_path / "whole")


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_two_parts_of_a_network_take_the_steps_of_one(tmp_path, optimizer):
    def task():
        made = make_task(penalties=False)
        settings = {"momentum": 0.9} if optimizer == "SGD" else {"fused": True}
        made.make_optimizer = functools.partial(getattr(torch.optim, optimizer), lr=0.01, **settings)
        return made

    one = run(tmp_path / "one", Fit, task=task())
    two = run(tmp_path / "two", ShardedFit, task=task(), accumulate_grad_batches=2)
    assert one.num_steps == two.num_steps == 36
    for name, weight in one.weights.items():
        torch.testing.assert_close(two.weights[name], weight, rtol=1e-5, atol=1e-5)
    for line, line2 in zip(log(tmp_path / "one"), log(tmp_path / "two"), strict=True):
        assert line2 == (*line[:2], pytest.approx(line[2], rel=1e-5, abs=1e-5))
    saving = run(tmp_path / "saving", ShardedFit, task=task(), accumulate_grad_batches=2, checkpoint_every_s=0)
    assert same(saving.weights, two.weights)
    with pytest.raises(Interrupted):
        run(tmp_path / "cut", ShardedFit, task=task(), accumulate_grad_batches=2, interrupts=StopAt(6))
    again = run(tmp_path / "cut", ShardedFit, task=task(), accumulate_grad_batches=2)
    assert same(again.weights, two.weights)
    assert log(tmp_path / "cut") == log(tmp_path / "two")


def test_parts_of_a_network_and_what_needs_whole_weights_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"trainer: penalties, constraints and averages need whole weights"):
        run(tmp_path / "a", ShardedFit)


def test_a_loss_that_is_not_finite_on_any_of_them_is_told_in_a_line(tmp_path):
    with pytest.raises(UserError, match=r"optimizer\.lr: the loss became"):
        run(tmp_path / "a", task=make_task(lr=1e30), gradient_clip_val=0.0)


def test_a_batch_that_does_not_fall_into_parts_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"trainer\.devices=3: a batch of 8 examples"):
        run(tmp_path / "a", devices=3)


def test_the_program_trains_on_several_devices_only_if_told_how(tmp_path):
    words = ("experiment=digits_linear", "trainer.max_epochs=1", "tracking=none")
    for name in ("ddp", "fsdp"):
        folder = result(tmp_path, *words, f"trainer={name}", "trainer.accelerator=cpu", "regularizer=none")
        assert status(folder)["status"] == "FINISHED"
    code, _, err = finish(train(tmp_path, *words, "trainer.devices=2"))
    assert code == 1
    assert err.splitlines()[-1] == "trainer.devices=2: this trainer takes one; trainer=ddp takes several"
