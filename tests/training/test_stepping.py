"""Gradients in parts, gradients of bounded length, and half the digits."""

import functools

import pytest
import torch
from torch import nn

from groklab.architectures.mlp import MLP
from groklab.tasks.supervised import Supervised
from groklab.training.fit import Fit


def data(count, seed=0):
    x = torch.randn(count, 6, generator=torch.Generator().manual_seed(seed))
    return x, (x[:, 0] + x[:, 1] > 0).long()


def fitted(folder, *, optimizer=torch.optim.SGD, lr=0.1, **settings):
    """The weights before and after, and the best record."""
    folder.mkdir()
    torch.manual_seed(7)
    network = MLP(6, 2, width=8, depth=1)
    before = nn.utils.parameters_to_vector(network.parameters()).detach().clone()
    task = Supervised(
        network,
        nn.CrossEntropyLoss(),
        kind="classification",
        num_outputs=2,
        optimizer=functools.partial(optimizer, lr=lr),
        seed=3,
    )
    fit = Fit(**{"max_epochs": 1, "batch_size": 8, "accelerator": "cpu", "weights": "last", **settings})
    result = fit.fit(task, data(64), data(200, 1), folder=folder)
    after = torch.cat([result.weights[name].flatten() for name, _ in network.named_parameters()])
    return before, after, result


@pytest.mark.parametrize("parts", [2, 4, 8])
def test_a_step_in_parts_is_the_step_of_the_whole_batch(tmp_path, parts):
    _, whole, _ = fitted(tmp_path / "whole", max_epochs=3)
    _, summed, result = fitted(tmp_path / "parts", max_epochs=3, accumulate_grad_batches=parts)
    assert result.num_steps == 24  # of 64 // 8 batches in 3 epochs
    torch.testing.assert_close(summed, whole, rtol=1e-4, atol=1e-6)


def test_a_clipped_step_of_gradient_descent_is_as_long_as_rate_times_limit(tmp_path):
    one_step = {"batch_size": 64, "lr": 2.0}
    before, free, _ = fitted(tmp_path / "free", **one_step)
    _, clipped, _ = fitted(tmp_path / "clipped", gradient_clip_val=0.01, **one_step)
    assert (free - before).norm() > 0.1
    assert (clipped - before).norm().item() == pytest.approx(2.0 * 0.01, rel=1e-3)
    torch.testing.assert_close(
        nn.functional.cosine_similarity(free - before, clipped - before, dim=0), torch.tensor(1.0)
    )


def test_a_gradient_shorter_than_the_limit_is_left_as_it_is(tmp_path):
    _, free, _ = fitted(tmp_path / "free")
    _, clipped, _ = fitted(tmp_path / "clipped", gradient_clip_val=100.0)
    torch.testing.assert_close(clipped, free, rtol=0, atol=0)


def test_mixed_precision_keeps_weights_in_full_and_learns_as_well(tmp_path):
    settings = {"max_epochs": 20, "optimizer": torch.optim.Adam, "lr": 0.02}
    _, full, exact = fitted(tmp_path / "full", **settings)
    _, mixed, rounded = fitted(tmp_path / "mixed", precision="bf16-mixed", **settings)
    assert mixed.dtype == torch.float32
    assert not torch.equal(mixed, full)
    assert rounded.best["value"] < 0.3  # log 2 = 0.69 is a guess
    assert rounded.best["value"] == pytest.approx(exact.best["value"], rel=0.05)
