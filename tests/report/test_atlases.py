import copy
import json

import pytest

from groklab.errors import UserError
from groklab.report.atlases import read_atlases

from .evidence import atlas, write_atlases

WHOLE = atlas("decay", "val/loss", {"strength": [0, 0.1], "kind": ["l1", None]}, lambda strength, kind: strength)


def read(folder, **changes):
    (folder / "decay.json").write_text(json.dumps(copy.deepcopy(WHOLE) | changes))
    return read_atlases(folder)


def test_no_folder_is_no_atlases(tmp_path):
    assert read_atlases(tmp_path / "atlases") == ()


def test_a_factor_of_numbers_has_distances_and_one_of_words_has_none(tmp_path):
    (known,) = read(tmp_path)
    strength, kind = known.factors
    assert (strength.numeric, strength.values) == (True, (0.0, 0.1))
    assert (kind.numeric, kind.values) == (False, ("l1", "none"))


def test_every_cell_names_its_runs(tmp_path):
    write_atlases(tmp_path)
    for known in read_atlases(tmp_path / "atlases"):
        assert all(len(cell.runs) == cell.num_runs == 5 for cell in known.cells)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"factors": {}}, "factors must be one, two or three, not 0"),
        ({"factors": {name: [1] for name in "abcd"}}, "factors must be one, two or three, not 4"),
        ({"factors": {"strength": []}}, r"factors\.strength has no values"),
        ({"cells": [{**WHOLE["cells"][0], "n": "5"}]}, r"cells\[0\]\.n must be a whole number"),
        ({"cells": [{**WHOLE["cells"][0], "values": {"strength": 0}}]}, r"cells\[0\]\.values\.kind is missing"),
        (
            {"cells": [{**WHOLE["cells"][0], "values": {"strength": 3, "kind": "l1"}}]},
            r"cells\[0\]\.values\.strength must be one of 0, 0\.1, not 3",
        ),
        ({"metric": 3}, "metric must be a text"),
    ],
)
def test_a_broken_part_is_told_in_one_line_with_file_and_place(tmp_path, changes, said):
    with pytest.raises(UserError, match=rf"decay\.json: {said}") as error:
        read(tmp_path, **changes)
    assert "\n" not in str(error.value)
