import numpy as np
from sklearn.datasets import load_breast_cancer

from groklab.data.breast_cancer import BreastCancer


def test_it_is_the_data_set_that_scikit_learn_loads():
    known = load_breast_cancer()
    raw = BreastCancer(
        name="cells", shape=[30], num_features=30, num_outputs=2, val_fraction=0.1, test_fraction=0.2
    ).load()
    np.testing.assert_array_equal(raw.x, known.data)
    np.testing.assert_array_equal(raw.y, known.target)
    assert list(raw.class_names) == list(known.target_names)
    assert list(raw.feature_names) == list(known.feature_names)
