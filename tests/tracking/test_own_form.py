"""What MLflow says of a model that takes rows in the user's own form."""

import json

import numpy as np

from groklab.data.table_columns import Column
from groklab.data.table_encoder import NamedCells, TableEncoder
from groklab.files import write_json
from groklab.tracking.own_form import write_own_example


def test_the_example_of_a_table_is_a_row_that_its_encoder_takes(tmp_path):
    columns = [Column("area", "number"), Column("town", "text"), Column("built", "date")]
    rows = np.empty(3, object)
    rows[:] = [[50.0, "Ulm", "1970-02-28"], [70.0, "Kiel", "1980-02-29"], [90.0, "Ulm", "1990-02-27"]]
    encoder = TableEncoder(columns)
    encoder.fit(rows)
    write_json(tmp_path / "encoder.json", encoder.state())
    write_own_example(tmp_path, tmp_path)
    request = json.loads((tmp_path / "serving_input_example.json").read_text())["dataframe_split"]
    row = dict(zip(request["columns"], *request["data"], strict=True))
    assert row == {"area": 70.0, "town": "Kiel", "built": "1980-02-28"}
    asked = np.empty(1, object)
    asked[0] = NamedCells(row, file="the request", at="row 1")
    np.testing.assert_array_equal(encoder.transform(asked)[0, :4], [70.0, 1.0, 0.0, 1980.0])
