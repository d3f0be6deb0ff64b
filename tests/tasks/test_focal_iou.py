"""The loss of a detector, and which location answers for which box."""

import math

import torch

from groklab.layers.box_geometry import decode, generalized_iou, iou
from groklab.tasks.focal_iou import FocalIoU

NAN = math.nan


def outputs(places, boxes, logits):
    """Columns of one image whose locations of stride 1 say these boxes."""
    places, boxes = torch.tensor(places), torch.tensor(boxes)
    centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    stride = torch.ones(len(places), 1)
    return torch.cat([places, stride, centre - places, size.log(), torch.tensor(logits)], dim=1)[None]


def test_iou_and_its_generalization_worked_by_hand():
    one, other = torch.tensor([0.0, 0.0, 2.0, 2.0]), torch.tensor([1.0, 0.0, 3.0, 2.0])
    assert iou(one, other).item() == 1 / 3 or abs(iou(one, other).item() - 1 / 3) < 1e-6
    apart = torch.tensor([3.0, 0.0, 5.0, 2.0])  # the hull is 10, the union 8
    assert abs(generalized_iou(one, apart).item() + 0.2) < 1e-6
    assert iou(one, apart).item() == 0
    assert abs(generalized_iou(one, one).item() - 1) < 1e-6


def test_a_location_says_the_box_that_its_columns_describe():
    said = outputs([[5.0, 6.0]], [[2.0, 3.0, 10.0, 5.0]], [[0.0]])
    torch.testing.assert_close(decode(said)[0, 0], torch.tensor([2.0, 3.0, 10.0, 5.0]))
    wider = said.clone()
    wider[..., 2] = 2  # of stride 2 the same numbers mean twice the way and twice the size
    torch.testing.assert_close(decode(wider)[0, 0], torch.tensor([-1.0, 0.0, 15.0, 4.0]))


def test_a_perfect_answer_costs_next_to_nothing_and_a_worse_one_more():
    target = torch.tensor([[[1.0, 0.0, 0.0, 4.0, 4.0], [NAN] * 5]])
    sure, wrong = [[-20.0, 20.0], [-20.0, -20.0]], [[20.0, -20.0], [-20.0, -20.0]]
    right = [[0.0, 0.0, 4.0, 4.0], [7.0, 7.0, 9.0, 9.0]]
    moved = [[1.0, 0.0, 5.0, 4.0], [7.0, 7.0, 9.0, 9.0]]
    places = [[2.0, 2.0], [8.0, 8.0]]
    loss = FocalIoU()
    perfect = loss(outputs(places, right, sure), target)
    assert perfect < 1e-5
    assert loss(outputs(places, moved, sure), target) > perfect + 0.1
    assert loss(outputs(places, right, wrong), target) > perfect + 0.1


def test_only_locations_in_a_box_or_beside_its_centre_answer_for_it():
    places = [[2.0, 2.0], [3.9, 3.9], [4.1, 2.0], [20.0, 20.0]]
    said = outputs(places, [[0.0, 0.0, 4.0, 4.0]] * 4, [[0.0]] * 4)
    boxes = torch.tensor([[0.0, 0.0, 4.0, 4.0], [19.4, 19.5, 19.9, 20.8]])  # the second, narrow one holds no location
    found = FocalIoU().assign(said, decode(said), torch.tensor([0, 0]), torch.tensor([0, 0]), boxes)
    assert sorted(zip(found.box.tolist(), found.location.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 3)]


def test_of_two_boxes_a_location_answers_for_the_one_that_it_encloses_better():
    said = outputs([[2.0, 2.0]], [[0.0, 0.0, 4.0, 4.0]], [[0.0]])
    boxes = torch.tensor([[0.0, 0.0, 4.0, 5.0], [0.0, 0.0, 4.0, 9.0]])
    found = FocalIoU().assign(said, decode(said), torch.tensor([0, 0]), torch.tensor([0, 0]), boxes)
    assert found.box.tolist() == [0]
    assert abs(found.quality.item() - 0.8) < 1e-6  # the best location's target is its IoU


def test_absent_boxes_change_nothing_wherever_they_stand():
    torch.manual_seed(0)
    said = torch.randn(3, 6, 9)
    said[..., :2], said[..., 2] = torch.rand(6, 2) * 8, 4
    boxes = torch.tensor([[0.0, 1.0, 1.0, 6.0, 7.0], [1.0, 0.0, 3.0, 5.0, 8.0]])
    none = torch.full((2, 5), NAN)
    batch = torch.stack([boxes, torch.stack([boxes[0], none[0]]), none])
    padded = torch.stack([torch.cat([none[:1], image]) for image in batch])
    loss = FocalIoU()
    torch.testing.assert_close(loss(said, batch), loss(said, padded))


def test_a_batch_without_any_box_teaches_that_there_is_none():
    said = torch.zeros(2, 4, 9, requires_grad=True)
    loss = FocalIoU()(said, torch.full((2, 3, 5), NAN))
    loss.backward()
    # 16 logits of 0: BCE log 2, times (1/2)^2, over the least divisor, 1
    assert abs(loss.item() - 16 * math.log(2) / 4) < 1e-5
    assert (said.grad[..., 7:] > 0).all()
    assert (said.grad[..., :7] == 0).all()
