import math

import torch
from torch import nn

from groklab.layers.attention import SelfAttention
from groklab.layers.channelwise_linear import ChannelwiseLinear
from groklab.layers.padding import frame_mask, last_frames, reverse, sequence_lengths, token_mask, trim, without_nan
from groklab.layers.pooling import pool
from groklab.layers.positions import LearnedPositions, SinusoidalPositions

X = torch.tensor([[[1.0], [2.0], [3.0]], [[4.0], [-5.0], [9.0]], [[7.0], [8.0], [9.0]]])
VALID = torch.tensor([[True, True, True], [True, True, False], [False, False, False]])


def test_masks_tell_steps_from_padding():
    assert token_mask(torch.tensor([[3, 1, 0]])).tolist() == [[True, True, False]]
    x = torch.tensor([[[1.0, torch.nan], [torch.nan, torch.nan]]])
    # one unknown feature does not make a frame absent
    assert frame_mask(x).tolist() == [[True, False]]
    assert without_nan(x).tolist() == [[[1.0, 0.0], [0.0, 0.0]]]


def test_a_sequence_ends_with_its_last_valid_step_even_after_a_gap():
    assert sequence_lengths(VALID).tolist() == [3, 2, 0]
    assert sequence_lengths(torch.tensor([[True, False, True, False]])).tolist() == [3]


def test_reversal_leaves_padding_at_the_end_and_undoes_itself():
    back = reverse(X, VALID)
    assert back.squeeze(-1).tolist() == [[3.0, 2.0, 1.0], [-5.0, 4.0, 9.0], [7.0, 8.0, 9.0]]
    assert torch.equal(reverse(back, VALID), X)


def test_last_frames_are_moved_to_the_end_and_filled_in_front():
    assert last_frames(X, VALID, 2).squeeze(-1).tolist()[:2] == [[2.0, 3.0], [4.0, -5.0]]
    assert last_frames(X, VALID, 4).squeeze(-1).tolist()[:2] == [[1.0, 1.0, 2.0, 3.0], [4.0, 4.0, 4.0, -5.0]]


def test_trimming_keeps_the_longest_sequence_and_at_least_a_step():
    assert [part.shape[1] for part in trim(X, VALID)] == [3, 3]
    assert [part.shape[1] for part in trim(X[1:], VALID[1:])] == [2, 2]
    assert [part.shape[1] for part in trim(X[2:], VALID[2:])] == [1, 1]
    assert [part.shape for part in trim(X[:0], VALID[:0])] == [(0, 1, 1), (0, 1)]


def test_pooling_is_of_the_valid_steps_and_0_without_any():
    expected = {"last": [3.0, -5.0, 0.0], "mean": [2.0, -0.5, 0.0], "max": [3.0, 4.0, 0.0], "sum": [6.0, -1.0, 0.0]}
    for how, values in expected.items():
        assert pool(X, VALID, how).flatten().tolist() == values
        infinite = X.masked_fill(~VALID.unsqueeze(-1), torch.inf)
        assert pool(infinite, VALID, how).flatten().tolist() == values


def test_sinusoidal_positions_are_the_formula_for_even_and_odd_sizes():
    for size in (4, 5):
        positions = SinusoidalPositions(size)(torch.zeros(1, 3, size))[0]
        for t in range(3):
            for i in range(size):
                angle = t / 10_000 ** (2 * (i // 2) / size)
                expected = math.cos(angle) if i % 2 else math.sin(angle)
                assert abs(positions[t, i].item() - expected) < 1e-6


def test_learned_positions_are_added():
    layer, x = LearnedPositions(5, 2), torch.randn(4, 3, 2)
    torch.testing.assert_close(layer(x) - x, layer.positions[:3].expand(4, 3, 2))


def test_attention_agrees_with_torch():
    torch.manual_seed(0)
    ours, theirs, x = SelfAttention(8, 2), nn.MultiheadAttention(8, 2, batch_first=True), torch.randn(3, 3, 8)
    theirs.in_proj_weight, theirs.in_proj_bias = ours.project.weight, ours.project.bias
    theirs.out_proj.weight, theirs.out_proj.bias = ours.output.weight, ours.output.bias
    valid = torch.tensor([[True, True, True], [True, True, False], [True, False, False]])
    torch.testing.assert_close(ours(x, valid), theirs(x, x, x, key_padding_mask=~valid)[0])


def test_attention_over_equal_keys_is_the_mean_of_the_values():
    layer, x = SelfAttention(2, 1), torch.randn(1, 4, 2)
    with torch.no_grad():
        layer.project.weight.zero_()
        layer.project.weight[4:] = torch.eye(2)
        layer.project.bias.zero_()
        layer.output.weight.copy_(torch.eye(2))
        layer.output.bias.zero_()
    torch.testing.assert_close(layer(x), x.mean(dim=1, keepdim=True).expand_as(x))


def test_channelwise_linear_is_one_linear_map_a_channel():
    layer, x = ChannelwiseLinear(3, 4, 2), torch.randn(5, 3, 4)
    for channel in range(3):
        alone = nn.Linear(4, 2)
        alone.weight.data, alone.bias.data = layer.weight.data[channel], layer.bias.data[2 * channel : 2 * channel + 2]
        torch.testing.assert_close(layer(x)[:, channel], alone(x[:, channel]))
