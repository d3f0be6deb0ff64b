"""What is read from a detector's outputs."""

import math

import pytest
import torch

from groklab.layers.box_geometry import iou
from groklab.tasks.boxes import Boxes, Suppression


def columns(boxes, scores, classes, num_classes=2):
    """Outputs of one image."""
    boxes = torch.as_tensor(boxes)
    centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    logits = torch.full((len(boxes), num_classes), -20.0)
    logits[torch.arange(len(boxes)), torch.as_tensor(classes)] = torch.logit(torch.as_tensor(scores))
    zeros = torch.zeros(len(boxes), 2)
    return torch.cat([centre, torch.ones(len(boxes), 1), zeros, size.log(), logits], dim=1)[None]


def greedy(boxes, scores, classes, threshold):
    kept = []
    for number in scores.argsort(descending=True).tolist():
        if all(classes[number] != classes[other] or iou(boxes[number], boxes[other]) <= threshold for other in kept):
            kept.append(number)
    return kept


def test_of_two_boxes_over_each_other_the_surer_stays_and_other_classes_are_left_alone():
    boxes = [[0.0, 0.0, 10.0, 10.0], [1.0, 0.0, 11.0, 10.0], [0.0, 1.0, 10.0, 11.0], [30.0, 0.0, 40.0, 10.0]]
    said = Suppression(threshold=0.5)(columns(boxes, [0.6, 0.9, 0.7, 0.3], [0, 0, 1, 0]))[0]
    there = said[~said[:, 0].isnan()]
    assert there[:, 0].tolist() == [0, 1, 0]
    torch.testing.assert_close(there[:, 1], torch.tensor([0.9, 0.7, 0.3]))
    torch.testing.assert_close(there[:, 2:], torch.tensor(boxes)[[1, 2, 3]])
    assert said.shape == (100, 6)


def test_a_box_that_is_suppressed_suppresses_none():
    row = [[float(left), 0.0, left + 10.0, 10.0] for left in (0, 3, 6)]  # neighbours overlap, the outer two hardly
    said = Suppression(threshold=0.5)(columns(row, [0.9, 0.8, 0.7], [0, 0, 0]))[0]
    assert said[~said[:, 0].isnan()][:, 2].round().tolist() == [0, 6]


@pytest.mark.parametrize("seed", range(5))
def test_it_keeps_what_greedy_suppression_keeps(seed):
    draw = torch.Generator().manual_seed(seed)
    corner, size = 40 * torch.rand(200, 2, generator=draw), 5 + 20 * torch.rand(200, 2, generator=draw)
    boxes, scores = torch.cat([corner, corner + size], dim=1), 0.02 + 0.97 * torch.rand(200, generator=draw)
    classes = torch.randint(0, 2, (200,), generator=draw)
    said = Suppression(threshold=0.4)(columns(boxes, scores, classes))[0]
    kept = greedy(boxes, scores, classes, 0.4)[:100]
    assert int((~said[:, 0].isnan()).sum()) == len(kept)
    torch.testing.assert_close(said[: len(kept), 2:], boxes[kept], rtol=1e-4, atol=1e-3)
    assert said[: len(kept), 0].tolist() == classes[kept].tolist()


def test_unlikely_boxes_are_left_out():
    said = Suppression(least_score=0.1)(columns([[0.0, 0.0, 5.0, 5.0], [9.0, 0.0, 14.0, 5.0]], [0.09, 0.11], [0, 1]))[0]
    assert said[:, 0].isnan().sum() == 99
    assert said[0, 0] == 1


def test_it_can_be_exported_for_batches_of_any_size():
    example = columns(torch.tensor([[0.0, 0.0, 5.0, 5.0]] * 3), [0.5, 0.6, 0.7], [0, 1, 0]).repeat(2, 1, 1)
    batch = torch.export.Dim("batch", min=1)
    program = torch.export.export(Suppression().eval(), (example,), dynamic_shapes=({0: batch},)).module()
    for number in (1, 5):
        said = example[:1].repeat(number, 1, 1)
        torch.testing.assert_close(program(said), Suppression()(said), equal_nan=True)


def test_outputs_and_boxes_must_be_of_one_batch():
    fit, shape = Boxes().fit, torch.Size
    assert fit(shape([4, 30, 9]), shape([4, 6, 5]))
    assert not fit(shape([4, 30, 9]), shape([3, 6, 5]))
    assert not fit(shape([4, 30, 9]), shape([4, 5]))
    assert Boxes().metrics(3) == {}
    assert math.isnan(Boxes().tensor(torch.full((1, 1, 5), math.nan))[0, 0, 0])


def test_of_equal_scores_the_first_location_comes_first():
    boxes = torch.tensor([[20.0 * number, 0.0, 20.0 * number + 9, 9.0] for number in range(250)])
    said = Suppression()(columns(boxes, [0.5] * 250, [0] * 250))[0]
    torch.testing.assert_close(said[:, 2:], boxes[:100])
