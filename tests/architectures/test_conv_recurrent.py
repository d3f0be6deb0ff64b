import functools
import math

import pytest
import torch
from torch import nn

from groklab.architectures.conv_recurrent import ConvRecurrent
from groklab.layers.blank import NEVER
from groklab.regularizers.batch_norm import BatchNorm
from groklab.regularizers.spec_augment import SpecAugment
from groklab.tasks.ctc import CTC

ABSENT = math.nan
NORM = functools.partial(BatchNorm, momentum=0.1)


def frames(*lengths, time=20, features=3):
    x = torch.randn(len(lengths), time, features, generator=torch.Generator().manual_seed(sum(lengths)))
    for row, length in enumerate(lengths):
        x[row, length:] = ABSENT
    return x


def network(time=20, **arguments):
    torch.manual_seed(0)
    return ConvRecurrent([time, 3], 4, **{"channels": 8, "hidden_size": 6, **arguments})


@pytest.mark.parametrize("strides", [[1], [2], [1, 2], [2, 2], [3, 2]])
def test_there_is_a_step_for_every_few_frames_and_the_rest_is_certainly_blank(strides):
    logits = network(strides=strides)(frames(20, 9, 1))
    every = math.prod(strides)
    assert logits.shape == (3, math.ceil(20 / every), 4)
    chances = logits.softmax(-1)
    for row, length in zip(chances, (20, 9, 1), strict=True):
        there = math.ceil(length / every)
        assert (row[:there, 0] < 1).all()
        assert (row[there:, 0] == 1).all() and not row[there:, 1:].any()
    assert logits.min() == NEVER


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("norm", [nn.Identity, NORM])
@pytest.mark.parametrize("dimensions", [1, 2])
def test_padding_has_no_effect(dimensions, norm, bidirectional, training):
    """As many absent frames as there may be: neither the steps that are there nor a norm's statistics change."""
    x = frames(11, 6, time=11)
    longer = torch.cat([x, torch.full((2, 9, 3), ABSENT)], dim=1)
    one, other = (
        network(time, norm=norm, bidirectional=bidirectional, dimensions=dimensions).train(training)
        for time in (11, 20)
    )
    other.load_state_dict(one.state_dict())
    short, long = one(x), other(longer)
    torch.testing.assert_close(long[:, : short.shape[1]], short)
    for name, value in one.state_dict().items():
        torch.testing.assert_close(other.state_dict()[name], value, msg=name)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_an_example_alone_says_what_it_says_in_a_batch(dimensions):
    x, model = frames(20, 7), network(norm=NORM, dimensions=dimensions).eval()
    torch.testing.assert_close(model(x[1:]), model(x)[1:])


def test_a_norm_sees_the_frames_that_are_there():
    seen = []

    class Seen(nn.Module):
        def forward(self, x):
            seen.append(tuple(x.shape))
            return x

    for dimensions in (1, 2):
        model = network(norm=lambda channels: Seen(), strides=[1, 2], dimensions=dimensions)
        model.train()(frames(20, 7))
    assert seen == [(27, 8), (10 + 4, 8), (27, 8, 2), (10 + 4, 8, 1)]


def test_it_learns_through_spec_augment_with_absent_frames():
    x, target = SpecAugment(time_masks=2)(frames(20, 13)), torch.tensor([[1, 2], [3, 0]])
    model = network(norm=NORM, drop=lambda: nn.Dropout(0.1))
    loss = CTC()(model(x), target)
    loss.backward()
    assert math.isfinite(loss.item())
    assert all(torch.isfinite(weight.grad).all() and weight.grad.abs().sum() > 0 for weight in model.parameters())


@pytest.mark.parametrize("dimensions", [1, 2])
def test_a_traced_graph_takes_any_batch_and_says_the_same(dimensions):
    model, x = network(norm=NORM, dimensions=dimensions).eval(), frames(20, 8, 3)
    program = torch.export.export(model, (x[:2],), dynamic_shapes=({0: torch.export.Dim("batch", min=1)},))
    torch.testing.assert_close(program.module()(x), model(x))
    torch.testing.assert_close(program.module()(x[2:]), model(x[2:]))


@pytest.mark.parametrize(
    ("shape", "arguments", "fault"),
    [([1, 8, 8], {}, "architecture=cnn"), ([8], {}, "architecture=mlp"), ([20, 3], {"kernel_size": 4}, "must be odd")],
)
def test_what_it_cannot_take_is_refused_with_the_mend(shape, arguments, fault):
    with pytest.raises(ValueError, match=fault):
        ConvRecurrent(shape, 4, **arguments)
