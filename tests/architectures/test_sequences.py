"""Laws that every network over sequences keeps."""

import pytest
import torch
from torch import nn

from groklab.architectures.decomposition_linear import DecompositionLinear
from groklab.architectures.recurrent import Recurrent
from groklab.architectures.recurrent_decoder import RecurrentDecoder
from groklab.architectures.recurrent_forecaster import RecurrentForecaster
from groklab.architectures.text_cnn import TextCNN
from groklab.architectures.transformer import Transformer
from groklab.architectures.transformer_decoder import TransformerDecoder
from groklab.regularizers.dropout import Dropout
from groklab.training.export import export

TIME, FEATURES, TOKENS = 9, 4, 11
LENGTHS = [9, 7, 4, 1, 2, 5]


def frames(lengths, time=TIME):
    x = torch.randn(len(lengths), time, FEATURES)
    for row, length in zip(x, lengths, strict=True):
        row[length:] = torch.nan
    return x


def tokens(lengths, time=TIME):
    x = torch.randint(1, TOKENS, (len(lengths), time))
    for row, length in zip(x, lengths, strict=True):
        row[length:] = 0
    return x


def padded(x, num_steps):
    more = torch.full((x.shape[0], num_steps, *x.shape[2:]), torch.nan if x.is_floating_point() else 0, dtype=x.dtype)
    return torch.cat([x, more], dim=1)


RECURRENT = [
    {"cell": "rnn"},
    {"cell": "lstm", "bidirectional": True, "num_layers": 2},
    {"cell": "gru", "bidirectional": True, "num_layers": 2, "pooling": "sum"},
    {"cell": "gru", "pooling": "mean"},
    {"cell": "lstm", "pooling": "max"},
]
READERS = [
    *((Recurrent, options) for options in RECURRENT),
    (TextCNN, {}),
    (TextCNN, {"widths": [1, 20]}),
    (Transformer, {}),
    (Transformer, {"positions": "learned"}),
]
FORECASTERS = [
    (DecompositionLinear, {"kernel_size": 3}),
    (DecompositionLinear, {"individual": True, "residual": False}),
    (RecurrentForecaster, {}),
    (RecurrentForecaster, {"patch_size": 2, "cell": "lstm", "num_layers": 2}),
]
DECODERS = [
    (RecurrentDecoder, {"num_layers": 2}),
    (RecurrentDecoder, {"cell": "lstm"}),
    (TransformerDecoder, {}),
    (TransformerDecoder, {"tied": False}),
]
CASES = [
    *((network, options, frames) for network, options in READERS + FORECASTERS),
    *((network, options, tokens) for network, options in READERS + DECODERS),
]
IDS = [
    "-".join([network.__name__, make.__name__, *(f"{key}={value}" for key, value in options.items())])
    for network, options, make in CASES
]


def build(network, options, make, time=TIME):
    torch.manual_seed(0)
    if make is frames:
        return network([time, FEATURES], 2 * FEATURES, **options).eval()
    if network in (RecurrentDecoder, TransformerDecoder):
        return network([time], TOKENS, **options).eval()
    return network([time], 3, num_tokens=TOKENS, **options).eval()


@pytest.fixture(params=CASES, ids=IDS)
def case(request):
    return request.param


def test_longer_padding_changes_nothing(case):
    network, x = build(*case, time=TIME + 5), case[2](LENGTHS)
    torch.testing.assert_close(network(padded(x, 5))[:, : network(x).shape[1]], network(x))


def test_an_example_does_not_depend_on_its_batch(case):
    network, x = build(*case), case[2](LENGTHS)
    alone = torch.cat([network(row.unsqueeze(0)) for row in x])
    torch.testing.assert_close(network(x), alone)


def test_an_example_without_padding_is_the_same_cut_to_its_length(case):
    network, x = build(*case), case[2](LENGTHS)
    outputs = network(x)
    for row, length, output in zip(x, LENGTHS, outputs, strict=True):
        cut = network(row[None, :length])[0]
        torch.testing.assert_close(output[: len(cut)], cut)


def test_an_empty_example_gives_finite_outputs_and_gradients(case):
    network, x = build(*case), case[2]([0, 3, 0])
    for batch in (x, x[:1]):
        outputs = network(batch)
        assert outputs.isfinite().all()
        network.zero_grad()
        outputs.square().sum().backward()
        assert all(parameter.grad.isfinite().all() for parameter in network.parameters())


def test_gradients_reach_every_parameter(case):
    network, x = build(*case), case[2](LENGTHS)
    network(x).square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_the_order_of_time_matters(case):
    network, x = build(*case), case[2]([TIME] * 3)
    assert not torch.allclose(network(x), network(x.flip(1)))


def test_the_exported_file_gives_the_same_for_any_batch(case, tmp_path):
    network = build(*case)
    export(network, case[2](LENGTHS[:3]), tmp_path)
    program = torch.export.load(tmp_path / "model.pt2").module()
    for lengths in (LENGTHS, [TIME], [0], [3, 0]):
        x = case[2](lengths)
        torch.testing.assert_close(program(x), network(x))


def test_tokens_may_be_of_either_integer_type():
    for network, options in READERS + DECODERS:
        network, x = build(network, options, tokens), tokens(LENGTHS)
        torch.testing.assert_close(network(x.to(torch.int32)), network(x))


@pytest.mark.parametrize(("shape", "num_tokens"), [([1, 8, 8], 0), ([30], 0), ([8, 2], 5), ([1, 8, 8], 5)])
@pytest.mark.parametrize("network", [Recurrent, TextCNN, Transformer])
def test_readers_refuse_what_is_no_sequence(network, shape, num_tokens):
    with pytest.raises(ValueError, match=f"choose architecture={'cnn' if len(shape) == 3 else 'mlp'}"):
        network(shape, 2, num_tokens=num_tokens)


@pytest.mark.parametrize(("shape", "num_tokens"), [([1, 8, 8], 5), ([30], 0), ([8, 2], 0)])
@pytest.mark.parametrize("network", [RecurrentDecoder, TransformerDecoder])
def test_decoders_refuse_what_is_no_text(network, shape, num_tokens):
    with pytest.raises(ValueError, match=f"choose architecture={'cnn' if len(shape) == 3 else 'mlp'}"):
        network(shape, num_tokens)


@pytest.mark.parametrize(
    ("shape", "hint"), [([1, 8, 8], "architecture=cnn"), ([30], "architecture=mlp"), ([9, 3], "3")]
)
@pytest.mark.parametrize("network", [DecompositionLinear, RecurrentForecaster])
def test_forecasters_refuse_what_is_no_series(network, shape, hint):
    with pytest.raises(ValueError, match=hint):
        network(shape, 4)


@pytest.mark.parametrize("network", [RecurrentDecoder, TransformerDecoder])
def test_decoders_see_no_token_before_its_time(network):
    network, x = build(network, {}, tokens), tokens([TIME] * 2)
    before = network(x)
    for step in range(TIME):
        changed = x.clone()
        changed[:, step] = changed[:, step] % (TOKENS - 1) + 1
        after = network(changed)
        torch.testing.assert_close(after[:, :step], before[:, :step])
        assert not torch.allclose(after[:, step], before[:, step])


@pytest.mark.parametrize(
    ("network", "options", "num_drops"),
    [
        # between two layers and before the output
        (Recurrent, {"num_layers": 3}, 3),
        (TextCNN, {}, 1),
        # after the positions, and two in each of two blocks
        (Transformer, {}, 5),
        (RecurrentForecaster, {"num_layers": 2}, 2),
    ],
)
def test_dropout_stands_in_its_places_and_acts_in_training_alone(network, options, num_drops):
    torch.manual_seed(0)
    network, x = network([TIME, FEATURES], FEATURES, drop=lambda: Dropout(0.5), **options), frames(LENGTHS)
    assert sum(isinstance(module, nn.Dropout) for module in network.modules()) == num_drops
    assert not torch.allclose(network(x), network(x))
    network.eval()
    torch.testing.assert_close(network(x), network(x), rtol=0, atol=0)
