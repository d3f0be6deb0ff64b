import numpy as np
from sklearn.datasets import load_diabetes

from groklab.data.diabetes import Diabetes


def test_it_is_the_data_set_that_scikit_learn_loads_in_its_own_units():
    known = load_diabetes(scaled=False)
    raw = Diabetes(
        name="diabetes", shape=[10], num_features=10, num_outputs=1, val_fraction=0.1, test_fraction=0.2
    ).load()
    np.testing.assert_array_equal(raw.x, known.data)
    np.testing.assert_array_equal(raw.y, known.target)
    assert list(raw.feature_names) == list(known.feature_names)
