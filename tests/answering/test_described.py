from types import SimpleNamespace

import numpy as np

from groklab.answering.described import describe
from groklab.data.vocabulary import Words


def run(x, *, encoder=None, **card):
    known = {"feature_names": None, "statistics": {}, **card}
    prepared = SimpleNamespace(
        open=lambda part: SimpleNamespace(x=x), card=SimpleNamespace(**known), encoder=lambda dataset: encoder
    )
    return SimpleNamespace(prepared=prepared, dataset=None)


def test_a_row_is_its_columns_the_most_unusual_first():
    x = np.array([[1.0, 20.0, 0.0], [3.0, 10.0, 0.0]], np.float32)
    known = {
        "feature_names": ["rooms", "area", "town=Ulm"],
        "statistics": {"x_mean": [1, 10, 0.5], "x_std": [1, 5, 0.5]},
    }
    # 0, 2 and 1 deviations from the mean in the first row; 2, 0 and 1 in the second
    assert describe(run(x, **known), [1, 0]) == [
        "rooms 3, town=Ulm 0, area 10",
        "area 20, town=Ulm 0, rooms 1",
    ]


def test_a_text_is_its_words_and_an_image_has_none():
    encoder = Words(length=3, num_tokens=9)
    encoder.restore({"tokens": ["film", "dull"]})
    assert describe(run(np.array([[3, 2, 0]]), encoder=encoder), [0]) == ["dull film"]
    assert describe(run(np.zeros((1, 1, 8, 8))), [0]) is None
