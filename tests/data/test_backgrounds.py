"""Squares of photographs and patchworks of them."""

import numpy as np

from groklab.data.backgrounds import patchwork, square


def draw(seed=0):
    return np.random.default_rng(seed)


def test_a_square_of_the_picture_s_own_size_is_the_picture_in_one_of_eight_ways():
    picture = np.arange(256, dtype=np.uint8).reshape(16, 16)
    ways = {np.rot90(side, turns).tobytes() for side in (picture, picture.T) for turns in range(4)}
    random = draw()
    assert {square(picture, 16, random).tobytes() for _ in range(200)} == ways


def test_a_wider_square_shows_more_of_the_picture():
    stripes = np.tile(np.repeat(np.array([0, 255], np.uint8), 32), (512, 8))
    random = draw()
    edges = [
        max(
            (np.abs(np.diff(square(stripes, 64, random, widest=4).astype(int), axis=axis)) > 60).any(1 - axis).sum()
            for axis in (0, 1)
        )
        for _ in range(100)
    ]
    assert min(edges) <= 3
    assert max(edges) >= 6


def test_a_patchwork_of_no_pieces_is_a_picture_whose_greys_may_be_stretched_or_inverted():
    picture = np.tile(np.arange(100, 164, dtype=np.uint8), (64, 1))
    random = draw()
    made = [patchwork([picture], 64, random, most=0).astype(int) for _ in range(100)]
    as_they_are = sum(image.min() == 100 and image.max() == 163 for image in made)
    assert 35 <= as_they_are <= 65
    assert all(image.min() <= 100 and image.max() >= 155 for image in made)
    for image in made:  # greys change, their places do not: all lines along one axis are alike
        assert (image == image[:1]).all() or (image == image[:, :1]).all()


def test_pieces_are_of_any_picture_of_greys_and_of_many_sizes():
    dark, bright = np.zeros((128, 128), np.uint8), np.full((128, 128), 255, np.uint8)
    random = draw()
    covered = []
    for _ in range(200):
        image = patchwork([dark, bright], 64, random, most=1)
        values, counts = np.unique(image, return_counts=True)
        covered.append(1 - counts.max() / counts.sum())
        assert len(values) < 128  # two areas, and the edge between them
    covered = np.array(covered)
    assert 0.3 < (covered == 0).mean() < 0.8  # half have no piece, some pieces are alike
    assert 0 < covered[covered > 0].min() < 0.02
    assert covered.max() > 0.25


def test_a_seed_gives_the_same_patchwork_and_another_gives_another():
    picture = np.random.default_rng(5).integers(0, 256, (90, 80)).astype(np.uint8)
    first, again, other = (patchwork([picture], 40, draw(seed), most=8) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
