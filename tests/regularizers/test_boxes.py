"""Images that change together with their boxes."""

import math

import pytest
import torch

from groklab.layers.in_turn import InTurn
from groklab.regularizers.box_flip import BoxFlip
from groklab.regularizers.box_shift import BoxShift

NONE = [math.nan] * 5


def scenes(num=64, side=32):
    """A bright box in each image, in two channels, and beside it none."""
    draw = torch.Generator().manual_seed(0)
    x, y = torch.zeros(num, 2, side, side + 8), torch.full((num, 2, 5), math.nan)
    for image in range(num):
        left, top = torch.randint(8, 20, (2,), generator=draw).tolist()
        width, height = torch.randint(4, 9, (2,), generator=draw).tolist()
        x[image, :, top : top + height, left : left + width] = 1
        y[image, 0] = torch.tensor([1.0, left, top, left + width, top + height])
    return x, y


def seen(x):
    """The box of what is bright."""
    found = []
    for image in x[:, 0] > 0.5:
        rows, columns = image.any(1).nonzero().flatten(), image.any(0).nonzero().flatten()
        found.append([columns[0].item(), rows[0].item(), columns[-1].item() + 1, rows[-1].item() + 1])
    return torch.tensor(found, dtype=torch.float32)


@pytest.mark.parametrize("part", [BoxFlip(1.0), BoxFlip(0.0, vertical_p=1.0), BoxFlip(), BoxShift(6)])
def test_boxes_stay_where_their_objects_are(part):
    torch.manual_seed(1)
    x, y = scenes()
    moved, boxes = part.train()(x, y)
    torch.testing.assert_close(boxes[:, 0, 1:], seen(moved))
    assert (boxes[:, 0, 0] == 1).all()
    assert boxes[:, 1].isnan().all()
    assert not torch.equal(moved, x)


def test_zoomed_boxes_stay_within_half_a_pixel_of_their_objects():
    torch.manual_seed(1)
    x, y = scenes()
    moved, boxes = BoxShift(4, zoom=0.25).train()(x, y)
    assert (boxes[:, 0, 1:] - seen(moved)).abs().max() <= 0.51
    size = boxes[:, 0, 3] - boxes[:, 0, 1]
    factor = size / (y[:, 0, 3] - y[:, 0, 1])
    assert 0.8 <= factor.min() < 0.9 < 1.1 < factor.max() <= 1.25


def test_a_box_that_leaves_the_image_is_cut_or_gone():
    x = torch.zeros(400, 1, 20, 20)
    y = torch.tensor([[0.0, 0.0, 8.0, 4.0, 12.0], NONE]).repeat(400, 1, 1)
    torch.manual_seed(0)
    _, boxes = BoxShift(3).train()(x, y)
    left = boxes[:, 0]
    gone = left[:, 0].isnan()
    # Of 7 shifts along the row one leaves less than 30 % of the 4 pixels: 3 to the left.
    assert 0.08 < gone.float().mean() < 0.21
    assert left[~gone][:, 1].min() == 0
    assert left[~gone][:, 3].min() == 2
    assert left[gone].isnan().all()


@pytest.mark.parametrize("part", [BoxFlip(), BoxShift(5, zoom=0.5), InTurn([BoxFlip(), BoxShift()])])
def test_outside_of_training_nothing_changes_and_in_training_it_follows_the_seed(part):
    x, y = scenes(8)
    same, boxes = part.eval()(x, y)
    torch.testing.assert_close(same, x)
    torch.testing.assert_close(boxes, y, equal_nan=True)
    part.train()
    seeded = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        seeded.append(part(x, y))
    torch.testing.assert_close(seeded[0], seeded[1], equal_nan=True)
    assert not torch.equal(seeded[0][0], seeded[2][0])
