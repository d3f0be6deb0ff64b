import numpy as np
from sklearn.datasets import load_digits

from groklab.data.digits import Digits


def test_it_is_the_data_set_that_scikit_learn_loads():
    x, y = load_digits(return_X_y=True)
    raw = Digits(
        name="digits", shape=[1, 8, 8], num_features=64, num_outputs=10, val_fraction=0.1, test_fraction=0.2
    ).load()
    np.testing.assert_array_equal(raw.x.reshape(-1, 64), x)
    np.testing.assert_array_equal(raw.y, y)
