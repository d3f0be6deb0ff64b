import functools

import pytest
import torch
from torch import nn

from groklab.coordinator import Pruned
from groklab.errors import UserError
from groklab.regularizers.dropout import Dropout
from groklab.regularizers.l1 import L1
from groklab.stacking.trial import checkpoint_of
from groklab.tasks.supervised import Supervised
from groklab.training.interrupts import Interrupted, Interrupts
from tests.stacking.fits import NETWORKS, OPTIMIZERS, REGULARIZERS, distance, log, request, same, stacked

CASES = [
    *({"network": name} for name in NETWORKS),
    *({"network": "cnn", "regularizer": name} for name in REGULARIZERS),
    *({"network": "mlp, dropout", "regularizer": name} for name in REGULARIZERS),
    *({"network": "mlp, dropout", "optimizer": name} for name in OPTIMIZERS),
    {"network": "mlp, dropout", "accumulate_grad_batches": 2, "gradient_clip_val": 0.1},
]


def named(case):
    return "; ".join(str(value) for value in case.values())


@pytest.mark.parametrize("backend", ["vmap", "loop"])
@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_fit_ends_in_the_same_bits_alone_and_in_any_stack(tmp_path, case, backend):
    four = [request(tmp_path / "four", seed, **case) for seed in range(4)]
    pair = [request(tmp_path / "pair", seed, **case) for seed in (3, 2)]
    lone = [request(tmp_path / "lone", 2, **case)]
    whole, two, one = (stacked(requests, backend) for requests in (four, pair, lone))
    assert same(whole[2], one[0])
    assert same(whole[2], two[1])
    assert log(four[2].folder) == log(lone[0].folder)
    assert not same(whole[1], whole[2])


@pytest.mark.parametrize("backend", ["vmap", "loop"])
@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_fit_in_a_stack_is_that_of_lightning_up_to_rounding(tmp_path, case, backend):
    case = {**case, "precision": "64-true"}
    requests = [request(tmp_path / "stack", seed, **case) for seed in range(3)]
    alone = request(tmp_path / "alone", 1, **case)
    ours, theirs = stacked(requests, backend)[1], alone.alone()
    assert distance(ours, theirs) < 1e-12
    for (step, epoch, metrics), line in zip(log(requests[1].folder), log(alone.folder), strict=True):
        assert (step, epoch, metrics) == (*line[:2], pytest.approx(line[2], rel=1e-6))
    assert ours.num_steps == theirs.num_steps


def test_averages_of_batch_norm_count_in_whole_numbers_in_double_precision_too(tmp_path):
    case = {"network": "mlp, batch norm, dropout", "regularizer": "average", "precision": "64-true"}
    ours = stacked([request(tmp_path / "stack", seed, **case) for seed in range(2)])[1]
    assert distance(ours, request(tmp_path / "alone", 1, **case).alone()) < 1e-12


def test_single_precision_stays_near_that_of_lightning(tmp_path):
    ours = stacked([request(tmp_path / "stack", seed, network="mlp, batch norm, dropout") for seed in range(3)])[1]
    assert distance(ours, request(tmp_path / "alone", 1, network="mlp, batch norm, dropout").alone()) < 1e-4


def test_a_compiled_stack_has_the_same_bits_for_any_partner_and_those_of_lightning_up_to_rounding(tmp_path):
    case = {"network": "cnn, batch norm", "regularizer": "l1, l2", "precision": "64-true"}
    ours = stacked([request(tmp_path / "a", seed, **case) for seed in (0, 1)], "compiled")[1]
    others = stacked([request(tmp_path / "b", seed, **case) for seed in (1, 5)], "compiled")[0]
    assert same(ours, others)
    assert distance(ours, request(tmp_path / "alone", 1, **case).alone()) < 1e-12


def test_rates_and_strengths_are_each_fits_own(tmp_path):
    def own(folder, seed):
        asked = request(folder, seed)
        torch.manual_seed(seed)
        network = nn.Sequential(nn.Flatten(), nn.Linear(36, 8), Dropout(0.2 * seed), nn.Linear(8, 2))
        adam = functools.partial(torch.optim.Adam, lr=0.01, betas=(0.5 + 0.1 * seed, 0.9), weight_decay=0.1 * seed)
        task = Supervised(
            network,
            nn.CrossEntropyLoss(),
            kind="classification",
            num_outputs=2,
            optimizer=adam,
            seed=seed,
            penalties={"l1": L1(0.01 * seed)},
        )
        return type(asked)(**{**vars(asked), "task": task})

    three = stacked([own(tmp_path / "three", seed) for seed in range(3)])
    for seed, left in enumerate(three):  # 0 disables, and draws nothing
        assert same(left, stacked([own(tmp_path / "one", seed)])[0])
        assert distance(left, own(tmp_path / "alone", seed).alone()) < 1e-4


@pytest.mark.parametrize("backend", ["vmap", "loop"])
def test_a_fit_that_diverges_ends_alone(tmp_path, backend):
    case = {"network": "mlp, dropout", "optimizer": "sgd"}
    requests = [request(tmp_path / "a", 0, **case), request(tmp_path / "a", 1, lr=1e25, **case)]
    requests.append(request(tmp_path / "a", 2, **case))
    kept, lost, also_kept = stacked(requests, backend)
    assert isinstance(lost, UserError)
    assert "optimizer.lr: the loss became" in str(lost)
    for left, seed in ((kept, 0), (also_kept, 2)):
        assert same(left, stacked([request(tmp_path / "b", seed, **case)], backend)[0])


class Stop:
    """An observer that has seen enough after some epochs."""

    def __init__(self, after):
        self.after = after

    def on_train_start(self, trainer, module):
        """Nothing."""

    def on_train_epoch_end(self, trainer, module):
        """Stop it."""
        if trainer.current_epoch == self.after:
            raise Pruned(self.after)


def test_a_pruned_fit_leaves_the_others_as_they_are(tmp_path):
    requests = [request(tmp_path / "a", seed, observers=[Stop(seed)]) for seed in range(3)]
    requests.append(request(tmp_path / "a", 7))
    *pruned, kept = stacked(requests)
    assert [type(each) for each in pruned] == [Pruned, Pruned, Pruned]
    assert [len(log(each.folder)) for each in requests] == [1, 2, 3, 3]
    assert same(kept, stacked([request(tmp_path / "b", 7)])[0])


class Kill:
    """An observer that asks for an end as SIGTERM does."""

    def __init__(self, interrupts, after):
        self.interrupts, self.after = interrupts, after

    def on_train_start(self, trainer, module):
        """Nothing."""

    def on_train_epoch_end(self, trainer, module):
        """Ask."""
        if trainer.current_epoch == self.after:
            self.interrupts.pending = 15


@pytest.mark.parametrize("case", CASES[:9], ids=named)
def test_a_stack_that_is_stopped_goes_on_in_the_same_bits_also_with_other_partners(tmp_path, case):
    case = {**case, "max_epochs": 5, "regularizer": "average"}
    whole = stacked([request(tmp_path / "whole", seed, **case) for seed in range(3)])
    interrupts = Interrupts()
    first = [request(tmp_path / "cut", seed, **case, observers=[Kill(interrupts, 2)]) for seed in range(3)]
    with pytest.raises(Interrupted):
        stacked(first, interrupts=interrupts)
    assert len(log(first[0].folder)) == 3
    again = [request(tmp_path / "cut", seed, **case) for seed in (2, 0)]
    assert [checkpoint_of(each)["next_epoch"] for each in again] == [3, 3]
    left = stacked(again)
    assert same(left[0], whole[2])
    assert same(left[1], whole[0])
    assert log(tmp_path / "cut" / "2") == log(tmp_path / "whole" / "2")


def test_each_fit_has_its_share_of_the_time_and_says_how_it_was_trained(tmp_path):
    left = stacked([request(tmp_path, seed) for seed in range(4)])
    assert {tuple(each.stack.items()) for each in left} == {(("fits", 4), ("backend", "vmap"))}
    assert len({round(each.duration_s, 6) for each in left}) == 1


def test_other_numbers_than_these_in_the_log_only_where_the_order_of_batches_differs(tmp_path):
    a = [request(tmp_path / "a", seed, batches_per_call=1) for seed in range(2)]
    b = [request(tmp_path / "b", seed, batches_per_call=64) for seed in range(2)]
    for left, right in zip(stacked(a), stacked(b), strict=True):
        assert all(torch.equal(left.weights[name], right.weights[name]) for name in left.weights)
