import pytest
import torch

from groklab.architectures.mlp import MLP
from groklab.errors import UserError
from groklab.stacking.backends import Vmap
from groklab.stacking.probe import choose
from groklab.stacking.sharing import common
from groklab.stacking.together import Begun, Together
from groklab.training.interrupts import Interrupts
from tests.stacking.fits import request, same, stacked


def begun(requests, left):
    def one(number, each):
        def go(what):
            left[number] = what

        settings = {"optimizer": {"_target_": "torch.optim.Adam", "lr": number}, "seed": number, "regularizer": {}}
        return Begun(f"job {number}", type(each)(**{**vars(each), "settings": settings}), go)

    return [one(number, each) for number, each in enumerate(requests)]


def test_out_of_memory_halves_the_stack_and_changes_no_bit(tmp_path, monkeypatch):
    descend, widths = Vmap.descend, []

    def narrow(self, x, *others):
        if len(x) == 2:  # whether a fit can be stacked is tried on a copy of one
            return descend(self, x, *others)
        widths.append(len(x) - 1)
        if len(x) > 3 and len(widths) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return descend(self, x, *others)

    monkeypatch.setattr(Vmap, "descend", narrow)
    left = {}
    case = {"network": "mlp, batch norm, dropout", "regularizer": "average"}
    Together(Interrupts(), 8, "vmap").run(begun([request(tmp_path / "a", seed, **case) for seed in range(4)], left))
    monkeypatch.setattr(Vmap, "descend", descend)
    whole = stacked([request(tmp_path / "b", seed, **case) for seed in range(4)])
    assert widths[2] == 4
    assert set(widths[3:]) == {2}
    assert all(same(left[number], whole[number]) for number in range(4))


def test_out_of_memory_with_one_fit_is_its_end(tmp_path, monkeypatch):
    descend, tried = Vmap.descend, []

    def never(self, x, *others):
        if len(x) == 2 and not tried:  # a copy of one
            return descend(self, x, *others)
        tried.append(1)
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr(Vmap, "descend", never)
    left = {}
    Together(Interrupts(), 8, "vmap").run(begun([request(tmp_path, seed) for seed in range(2)], left))
    assert [str(left[number])[:44] for number in range(2)] == ["trainer.batch_size: out of memory with one f"] * 2
    assert all(isinstance(left[number], UserError) for number in range(2))


def test_what_cannot_stack_trains_alone_and_says_why(tmp_path, caplog):
    caplog.set_level("INFO")
    left = {}
    requests = [request(tmp_path, seed, detect_anomaly=True) for seed in range(2)]
    Together(Interrupts(), 8, "vmap").run(begun(requests, left))
    assert "job 0 trains alone: trainer.detect_anomaly=True is of one network" in caplog.text
    assert [left[number].stack for number in range(2)] == [None, None]


def test_a_network_without_a_batched_form_trains_one_by_one(tmp_path, caplog):
    class Item(torch.nn.Module):
        def forward(self, x):
            return x * float(x.abs().max() > 0)

    caplog.set_level("INFO")
    left = {}
    requests = [request(tmp_path, seed) for seed in range(2)]
    for each in requests:
        each.task.network.layers.insert(1, Item())
    Together(Interrupts(), 8).run(begun(requests, left))
    assert "one by one; it cannot be batched: vmap: It looks like you're calling .item()" in caplog.text
    assert [left[number].stack for number in range(2)] == [None, None]


def test_the_probe_leaves_the_fits_as_they_are(tmp_path):
    requests = [request(tmp_path / "a", seed, network="mlp, batch norm, dropout") for seed in range(4)]
    choose(requests, widest=4)
    probed, others = (
        stacked(requests),
        [request(tmp_path / "b", s, network="mlp, batch norm, dropout") for s in range(4)],
    )
    assert all(same(a, b) for a, b in zip(probed, stacked(others), strict=True))


def test_a_probe_of_one_fit_has_nothing_to_choose(tmp_path):
    assert choose([request(tmp_path, 0)], widest=8).backend is None


CONFIG = {
    "seed": 1,
    "data": {"_target_": "groklab.data.digits.Digits"},
    "optimizer": {"_target_": "torch.optim.Adam", "lr": 0.1, "betas": [0.9, 0.99], "fused": True},
    "scheduler": {"_target_": "torch.optim.lr_scheduler.ConstantLR"},
    "regularizer": {
        "l1": {"_target_": "groklab.regularizers.l1.L1", "strength": 0.1},
        "shift": {"_target_": "groklab.regularizers.shift.Shift", "pixels": 2},
    },
}


@pytest.mark.parametrize(
    ("part", "value", "shared"),
    [
        ("seed", 2, True),
        ("scheduler", {"_target_": "torch.optim.lr_scheduler.StepLR"}, True),
        ("optimizer", {**CONFIG["optimizer"], "lr": 0.2, "betas": [0.5, 0.9]}, True),
        ("optimizer", {**CONFIG["optimizer"], "fused": False}, False),
        ("optimizer", {**CONFIG["optimizer"], "_target_": "torch.optim.AdamW"}, False),
        ("regularizer", {**CONFIG["regularizer"], "l1": {**CONFIG["regularizer"]["l1"], "strength": 0.3}}, True),
        ("regularizer", {**CONFIG["regularizer"], "shift": {**CONFIG["regularizer"]["shift"], "pixels": 1}}, False),
        ("regularizer", {"l1": CONFIG["regularizer"]["l1"]}, False),
        ("data", {"_target_": "groklab.data.mnist.MNIST"}, False),
    ],
)
def test_what_may_differ_within_a_stack(part, value, shared):
    assert (common(CONFIG) == common({**CONFIG, part: value})) is shared


@pytest.mark.parametrize("backend", [None, "vmap", "compiled"])
def test_what_a_backend_cannot_compute_trains_alone_also_where_it_is_asked_for(tmp_path, caplog, backend):
    caplog.set_level("INFO")
    left = {}
    requests = [request(tmp_path, seed, network="mlp, dropout") for seed in range(2)]
    for each in requests:
        each.task.network.layers.insert(1, torch.nn.RReLU())  # it draws, from no fit's generator
    Together(Interrupts(), 8, backend).run(begun(requests, left))
    assert "one by one" in caplog.text
    for number, seed in enumerate((0, 1)):
        alone = request(tmp_path / "alone", seed, network="mlp, dropout")
        alone.task.network.layers.insert(1, torch.nn.RReLU())
        assert same(left[number], alone.alone())


def test_an_error_in_a_stack_is_the_end_of_its_fits_alone(tmp_path, monkeypatch):
    descend = Vmap.descend

    def broken(self, x, *others):
        if len(x) == 3:
            raise ZeroDivisionError("of a part")
        return descend(self, x, *others)

    monkeypatch.setattr(Vmap, "descend", broken)
    left = {}
    Together(Interrupts(), 2, "vmap").run(begun([request(tmp_path, seed) for seed in range(3)], left))
    assert [type(left[number]).__name__ for number in range(3)] == ["ZeroDivisionError", "ZeroDivisionError", "Fitted"]


def test_a_damaged_checkpoint_is_the_end_of_its_run_alone(tmp_path):
    requests = [request(tmp_path, seed) for seed in range(3)]
    damaged = requests[1].folder / "checkpoints" / "stacked"
    damaged.mkdir(parents=True)
    (damaged / "last.ckpt").write_bytes(b"torn")
    left = {}
    Together(Interrupts(), 8, "vmap").run(begun(requests, left))
    assert "no checkpoint is whole" in str(left[1])
    assert left[0].stack == left[2].stack == {"fits": 2, "backend": "vmap"}


def test_outputs_and_targets_that_would_broadcast_are_refused_in_a_stack_too(tmp_path):
    def column(task):
        return type(task)(
            MLP(36, 1, width=8),
            torch.nn.MSELoss(),
            kind="regression",
            num_outputs=1,
            optimizer=task.make_optimizer,
            seed=task.seed,
        )

    requests = [request(tmp_path, seed) for seed in range(2)]
    requests = [type(each)(**{**vars(each), "task": column(each.task)}) for each in requests]
    for each, (train, val) in [(each, each.parts()) for each in requests]:
        parts = tuple((x, y.float()) for x, y in (train, val))
        object.__setattr__(each, "parts", lambda parts=parts: parts)
    for ended in stacked(requests):
        assert "outputs of shape [16, 1] for targets of shape [16]" in str(ended)


def test_a_class_that_no_config_may_name_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "planted.py").write_text("raise SystemExit('ran')\n")
    monkeypatch.syspath_prepend(tmp_path)
    bad = {**CONFIG, "regularizer": {"l1": {"_target_": "planted.L1", "strength": 0.1}}}
    with pytest.raises(UserError, match="outside of the packages a config may name"):
        common(bad)
