import torch

from groklab.regularizers.turn import Turn

X = torch.arange(400 * 2 * 3 * 3.0).view(400, 2, 3, 3)


def positions(image):
    return [
        turned for flipped in (image, image.flip(2)) for turned in (torch.rot90(flipped, k, (1, 2)) for k in range(4))
    ]


def test_each_of_the_eight_positions_comes_and_the_target_is_turned_with_its_input():
    torch.manual_seed(0)
    large = X.repeat_interleave(2, 2).repeat_interleave(2, 3)
    x, y = Turn()(X, large)
    torch.testing.assert_close(y[:, :, ::2, ::2], x)
    torch.testing.assert_close(y, x.repeat_interleave(2, 2).repeat_interleave(2, 3))
    found = [next(i for i, p in enumerate(positions(a)) if torch.equal(p, b)) for a, b in zip(X, x, strict=True)]
    counts = torch.tensor(found).bincount(minlength=8)
    assert counts.min() > 25  # 50 of 400 each, five deviations of 6.6 at most


def test_images_that_are_not_square_keep_their_shape():
    x, y = Turn()(torch.randn(9, 1, 2, 5), torch.randn(9, 1, 4, 10))
    assert (x.shape, y.shape) == ((9, 1, 2, 5), (9, 1, 4, 10))


def test_outside_of_training_nothing_is_turned():
    x, y = Turn().eval()(X, X)
    assert torch.equal(x, X) and torch.equal(y, X)
