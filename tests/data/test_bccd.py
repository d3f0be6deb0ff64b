"""Blood cells, where a mirror has them."""

import numpy as np
import pytest

from groklab.data.bccd import BCCD
from tests.data.shipped import MIRROR


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    if not (MIRROR / "bccd").is_dir():
        pytest.skip(f"no mirror of the canonical files at {MIRROR}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROKLAB_MIRROR", str(MIRROR))
        patch.setenv("GROKLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        return BCCD(
            name="bccd", shape=[3, 240, 320], num_features=230400, num_outputs=3, val_fraction=None, test_fraction=None
        ).load()


def test_parts_and_boxes_are_the_source_s(raw):
    assert [int((raw.split == part).sum()) for part in ("train", "val", "test")] == [205, 87, 72]
    classes = raw.y[..., 0][~np.isnan(raw.y[..., 0])].astype(int)
    # Of 4,888 boxes two without an area are dropped, both red cells.
    assert dict(zip(raw.class_names, np.bincount(classes).tolist(), strict=True)) == {
        "Platelets": 361, "RBC": 4153, "WBC": 372,
    }  # fmt: skip
    assert any("(2)" in rule for rule in raw.rules)


def test_boxes_lie_in_images_of_half_the_size(raw):
    assert raw.x.shape == (364, 3, 240, 320)
    boxes = raw.y[~np.isnan(raw.y[..., 0])]
    assert boxes[:, 1:].min() == 0
    assert boxes[:, 3].max() == 320
    assert boxes[:, 4].max() == 240
    assert (boxes[:, 3:] > boxes[:, 1:3]).all()
