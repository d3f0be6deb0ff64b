import pytest
import torch
from torch import nn

from groklab.architectures.transformer import Transformer
from groklab.training.fit import num_parameters


def test_without_positions_the_order_does_not_matter():
    torch.manual_seed(0)
    network, x = Transformer([7], 3, num_tokens=9), torch.randint(1, 9, (4, 7))
    network.positions = nn.Identity()
    torch.testing.assert_close(network(x), network(x[:, torch.tensor([3, 1, 6, 0, 2, 5, 4])]))


@pytest.mark.parametrize("activation", [nn.ReLU, nn.GELU])
def test_blocks_are_those_of_torch(activation):
    torch.manual_seed(0)
    network, x = Transformer([7, 3], 2, hidden_size=8, num_heads=2, activation=activation), torch.randn(4, 7, 3)
    x[1, 4:] = torch.nan
    features = network.positions(network.project(x.nan_to_num()))
    padding = x.isnan().all(-1)
    for block in network.blocks:
        theirs = nn.TransformerEncoderLayer(
            8, 2, 32, dropout=0.0, activation=activation(), batch_first=True, norm_first=True
        )
        names = {
            "self_attn.in_proj_": "attention.project.",
            "self_attn.out_proj.": "attention.output.",
            "norm1.": "attention_norm.",
            "norm2.": "feedforward.0.",
            "linear1.": "feedforward.1.",
            "linear2.": "feedforward.3.",
        }
        ours = block.state_dict()
        theirs.load_state_dict({a + kind: ours[b + kind] for a, b in names.items() for kind in ("weight", "bias")})
        features = theirs(features, src_key_padding_mask=padding)
    features = network.norm(features)
    pooled = torch.stack([row[~absent].mean(0) for row, absent in zip(features, padding, strict=True)])
    torch.testing.assert_close(network(x), network.output(pooled))


def test_a_transformer_has_as_many_parameters_as_its_layers():
    d = 8
    block = 2 * (2 * d) + (3 * d * d + 3 * d) + (d * d + d) + (2 * (4 * d * d) + 4 * d + d)
    for positions, extra in (("sinusoidal", 0), ("learned", 7 * d)):
        network = Transformer([7], 3, num_tokens=9, hidden_size=d, num_layers=2, num_heads=2, positions=positions)
        assert num_parameters(network) == 9 * d + extra + 2 * block + 2 * d + 3 * d + 3


def test_transformer_refuses_heads_that_do_not_divide_and_sequences_beyond_learned_positions():
    with pytest.raises(ValueError, match="num_heads=3"):
        Transformer([7, 2], 2, hidden_size=8, num_heads=3)
    with pytest.raises(ValueError, match="8 steps is longer than 7"):
        Transformer([7, 2], 2, positions="learned")(torch.randn(1, 8, 2))
