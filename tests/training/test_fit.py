import functools
import json

import pytest
import torch
from torch import nn

from groklab.architectures.mlp import MLP
from groklab.errors import UserError
from groklab.regularizers.dropout import Dropout
from groklab.regularizers.l2 import L2
from groklab.tasks.supervised import Supervised
from groklab.training.fit import Fit
from groklab.training.interrupts import Interrupted, Interrupts


def data(count=100, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 6, generator=generator)
    return x, (x[:, 0] + x[:, 1] > 0).long()


def make_task(*, lr=0.01, loss=None, kind="classification", num_outputs=2, **more):
    torch.manual_seed(7)
    network = MLP(6, num_outputs, width=8, depth=1, drop=lambda: Dropout(0.3))
    optimizer = functools.partial(torch.optim.Adam, lr=lr)
    return Supervised(
        network,
        loss or nn.CrossEntropyLoss(),
        kind=kind,
        num_outputs=num_outputs,
        optimizer=optimizer,
        seed=3,
        **more,
    )


def run(folder, *, task=None, interrupts=None, **settings):
    folder.mkdir(exist_ok=True)
    fit = Fit(**{"max_epochs": 4, "batch_size": 8, "batches_per_call": 3, "accelerator": "cpu", **settings})
    return fit.fit(task or make_task(), data(), data(40, 1), folder=folder, interrupts=interrupts)


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def log(folder):
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["epoch"], line["metrics"]) for line in lines]


def test_the_same_fit_twice_gives_the_same_bits(tmp_path):
    a, b = (run(tmp_path / name) for name in "ab")
    assert same(a.weights, b.weights)
    assert log(tmp_path / "a") == log(tmp_path / "b")


def test_another_seed_gives_other_weights(tmp_path):
    other = make_task()
    other.seed = 4
    assert not same(run(tmp_path / "a").weights, run(tmp_path / "b", task=other).weights)


def test_the_number_of_steps_in_a_call_does_not_change_the_weights(tmp_path):
    a, b = (run(tmp_path / str(n), batches_per_call=n, weights="last") for n in (1, 64))
    assert same(a.weights, b.weights)


class StopAt(Interrupts):
    """A request to stop that arrives before the call of that number."""

    def __init__(self, call):
        super().__init__()
        self.calls, self.at = 0, call

    @property
    def pending(self):
        self.calls += 1
        return 15 if self.calls == self.at else None

    @pending.setter
    def pending(self, value):
        pass


@pytest.mark.parametrize("call", range(1, 17))
def test_a_fit_that_was_stopped_anywhere_ends_in_the_same_bits(tmp_path, call):
    whole = run(tmp_path / "whole", checkpoint_every_s=1000)
    with pytest.raises(Interrupted) as stopped:
        run(tmp_path / "cut", checkpoint_every_s=1000, interrupts=StopAt(call))
    assert stopped.value.exit_code == 143
    resumed = run(tmp_path / "cut", checkpoint_every_s=1000)
    assert same(whole.weights, resumed.weights)
    assert log(tmp_path / "whole") == log(tmp_path / "cut")
    assert (whole.num_steps, whole.num_epochs, whole.best) == (
        resumed.num_steps,
        resumed.num_epochs,
        resumed.best,
    )


def test_a_finished_fit_is_not_trained_further(tmp_path):
    first = run(tmp_path / "a")
    again = run(tmp_path / "a")
    assert same(first.weights, again.weights)
    assert len(log(tmp_path / "a")) == 4


def test_steps_epochs_and_metrics_are_logged(tmp_path):
    fitted = run(tmp_path, task=make_task(penalties={"l2": L2(0.1)}))
    steps = [step for step, _, _ in log(tmp_path)]
    assert steps == [12, 24, 36, 48]  # 100 // 8 batches an epoch
    assert fitted.num_steps == 48
    names = {"train/loss", "train/accuracy", "val/loss", "val/accuracy", "lr", "penalty/l2"}
    assert all(set(metrics) == names for _, _, metrics in log(tmp_path))


def test_train_loss_is_the_mean_over_batches(tmp_path):
    task = make_task(lr=0.0)
    for module in task.modules():
        if isinstance(module, Dropout):
            module.p = 0.0
    x, y = data()
    with torch.no_grad():
        expected = nn.functional.cross_entropy(task.network(x), y).item()
    run(tmp_path, task=task, batch_size=100, max_epochs=1)
    assert log(tmp_path)[0][2]["train/loss"] == pytest.approx(expected, rel=1e-5)


def test_the_best_epoch_is_the_one_with_the_lowest_monitored_value(tmp_path):
    fitted = run(tmp_path, max_epochs=8, task=make_task(lr=0.3))
    values = [metrics["val/loss"] for _, _, metrics in log(tmp_path)]
    assert fitted.best["epoch"] == min(range(8), key=values.__getitem__)
    assert fitted.best["value"] == pytest.approx(min(values))


def test_a_loss_that_is_not_finite_stops_with_step_and_learning_rate(tmp_path):
    x, y = data()
    x[50] = float("inf")
    with pytest.raises(UserError, match=r"at step \d+ with lr=0.01.*Try optimizer.lr=0.001"):
        Fit(max_epochs=2, batch_size=8, accelerator="cpu").fit(make_task(), (x, y), data(40, 1), folder=tmp_path)


def test_an_unknown_monitor_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(UserError, match="val/acuracy is not logged; choose one of val/loss, val/accuracy"):
        run(tmp_path, monitor="val/acuracy")


def test_targets_that_would_broadcast_are_refused_at_the_first_batch(tmp_path):
    task = make_task(kind="regression", loss=nn.MSELoss(), num_outputs=1)
    x, y = data()
    fit = Fit(max_epochs=1, batch_size=8, accelerator="cpu")
    with pytest.raises(UserError, match=r"outputs of shape \[8, 1\] for targets of shape \[8\]"):
        fit.fit(task, (x, y.float()), (x, y.float()), folder=tmp_path)


def test_overfitting_a_few_batches_learns_them_by_heart(tmp_path):
    fitted = run(tmp_path, overfit_batches=2, max_epochs=150, task=make_task(lr=0.02), weights="last")
    assert fitted.num_steps == 300
    assert log(tmp_path)[-1][2]["val/accuracy"] == 1.0


def test_fast_dev_run_takes_one_step_and_keeps_no_checkpoint(tmp_path):
    assert run(tmp_path, fast_dev_run=True).num_steps == 1
    assert not (tmp_path / "checkpoints").exists()


def test_a_fit_that_keeps_the_last_weights_is_known_by_the_last_epochs_numbers(tmp_path):
    task = make_task(lr=5.0)  # so that an earlier epoch is the best
    fitted = run(tmp_path, weights="last", max_epochs=6, task=task)
    losses = [metrics["val/loss"] for _, _, metrics in log(tmp_path)]
    assert min(losses) < losses[-1]
    assert (fitted.best["epoch"], fitted.best["value"]) == (5, losses[-1])
    assert same(fitted.weights, task.kept_network.state_dict())
