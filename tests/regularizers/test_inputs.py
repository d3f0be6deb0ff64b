"""What changes inputs, targets or the loss in training, and nothing outside of it."""

import math

import pytest
import torch
from torch import nn

from groklab.regularizers.flip import Flip
from groklab.regularizers.input_dropout import InputDropout
from groklab.regularizers.label_smoothing import LabelSmoothing
from groklab.regularizers.mixup import Mixup
from groklab.regularizers.shift import Shift
from groklab.regularizers.spec_augment import SpecAugment
from groklab.regularizers.word_dropout import WordDropout
from groklab.tasks.losses import NextToken, OneVsAll

IMAGES = torch.arange(2 * 3 * 5 * 4.0).view(2, 3, 5, 4)
FRAMES = torch.ones(64, 20, 10)
FRAMES[:, 15:] = torch.nan
TOKENS = torch.randint(2, 50, (200, 30), generator=torch.Generator().manual_seed(0))
TOKENS[:, 20:] = 0


@pytest.mark.parametrize(
    ("part", "x"),
    [(Shift(), IMAGES), (Flip(), IMAGES), (InputDropout(), IMAGES), (SpecAugment(), FRAMES), (WordDropout(), TOKENS)],
)
def test_outside_of_training_nothing_changes_and_in_training_it_follows_the_seed(part, x):
    torch.testing.assert_close(part.eval()(x), x, equal_nan=True)
    part.train()
    seeded = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        seeded.append(part(x))
    torch.testing.assert_close(seeded[0], seeded[1], equal_nan=True)
    assert seeded[0].shape == x.shape
    assert seeded[0].dtype == x.dtype


def test_each_shift_is_one_of_nine_and_the_channels_move_together():
    torch.manual_seed(0)
    x = torch.zeros(900, 2, 7, 7)
    x[:, :, 3, 3] = 1
    shifted = Shift(pixels=1).train()(x)
    places = shifted[:, 0].flatten(1).argmax(1)
    assert (shifted[:, 0] == shifted[:, 1]).all()
    counts = torch.bincount(places, minlength=49).view(7, 7)
    assert (counts[2:5, 2:5] > 60).all()
    assert counts.sum() == counts[2:5, 2:5].sum() == 900


def test_edges_are_repeated_outwards():
    x = torch.tensor([[1.0, 2.0], [1.0, 2.0]]).expand(50, 1, 2, 2)
    torch.manual_seed(0)
    rows = {tuple(row) for row in Shift(pixels=1).train()(x)[:, 0, 0].tolist()}
    assert rows == {(1.0, 1.0), (1.0, 2.0), (2.0, 2.0)}


def test_a_flip_mirrors_left_and_right():
    torch.testing.assert_close(Flip(p=1.0).train()(IMAGES), IMAGES.flip(3))
    torch.testing.assert_close(Flip(p=0.0).train()(IMAGES), IMAGES)


def test_mixed_targets_lie_between_two_classes_and_sum_to_one():
    torch.manual_seed(0)
    x = torch.eye(4)
    mixed, target = Mixup(4, alpha=1.0).train()(x, torch.arange(4))
    torch.testing.assert_close(mixed, target)  # one-hot inputs mix as one-hot targets do
    torch.testing.assert_close(target.sum(1), torch.ones(4))
    assert (target > 0).sum(1).max() == 2


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), OneVsAll()])
def test_a_loss_of_one_hot_targets_is_that_of_their_classes(loss):
    logits, y = torch.randn(5, 4), torch.tensor([0, 1, 2, 3, 0])
    _, target = Mixup(4).eval()(logits, y)
    torch.testing.assert_close(loss(logits, target), loss(logits, y))


def test_numbers_are_mixed_as_numbers():
    torch.manual_seed(0)
    x, y = torch.randn(6, 2), torch.randn(6, 1)
    mixed, target = Mixup(1, alpha=1.0).train()(torch.cat([x, y], 1), y)
    torch.testing.assert_close(mixed[:, 2:], target)


def test_masks_are_stretches_of_valid_frames_and_absent_ones_stay_absent():
    torch.manual_seed(0)
    only_time = SpecAugment(time_masks=1, time_share=0.4, feature_masks=0).train()(FRAMES)
    assert only_time[:, 15:].isnan().all()
    assert not only_time[:, :15].isnan().any()
    hidden = (only_time[:, :15] == 0).all(2)
    assert ((only_time[:, :15] == 0).any(2) == hidden).all()
    assert 0 < hidden.sum(1).max() <= 0.4 * 15
    assert (hidden.int().diff(dim=1).abs().sum(1) <= 2).all()  # one stretch
    only_features = SpecAugment(time_masks=0, feature_masks=1, feature_share=0.3).train()(FRAMES)
    bands = (only_features[:, :15] == 0).all(1)
    assert 0 < bands.sum(1).max() <= 3


def test_words_are_hidden_at_the_rate_and_padding_never():
    torch.manual_seed(0)
    seen = WordDropout(p=0.3).train()(TOKENS)
    assert (seen[:, 20:] == 0).all()
    changed = seen[:, :20] != TOKENS[:, :20]
    assert (seen[:, :20][changed] == 1).all()
    assert float(changed.float().mean()) == pytest.approx(0.3, abs=0.03)


def test_smoothing_by_hand_and_the_plain_loss_outside_of_training():
    logits = torch.tensor([[math.log(0.5), math.log(0.25), math.log(0.25)]])
    loss = LabelSmoothing(nn.CrossEntropyLoss(), strength=0.3)
    spread = (math.log(2) + 2 * math.log(4)) / 3
    assert float(loss.train()(logits, torch.tensor([0]))) == pytest.approx(0.7 * math.log(2) + 0.3 * spread)
    assert float(loss.eval()(logits, torch.tensor([0]))) == pytest.approx(math.log(2))


def test_smoothing_is_torchs_own():
    logits, y = torch.randn(7, 5), torch.randint(5, (7,))
    ours = LabelSmoothing(nn.CrossEntropyLoss(), strength=0.2).train()(logits, y)
    torch.testing.assert_close(ours, nn.CrossEntropyLoss(label_smoothing=0.2)(logits, y))


def test_where_no_token_follows_nothing_is_smoothed():
    logits, y = torch.randn(2, 3, 5), torch.tensor([[1, 2, 0], [3, 0, 0]])
    ours = LabelSmoothing(NextToken(), strength=0.2).train()(logits, y)
    there = y != 0
    torch.testing.assert_close(ours, nn.CrossEntropyLoss(label_smoothing=0.2)(logits[there], y[there]))


def test_a_loss_without_classes_cannot_be_smoothed():
    with pytest.raises(ValueError, match="remove label_smoothing"):
        LabelSmoothing(nn.MSELoss())
