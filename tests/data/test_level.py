import numpy as np
import pytest

from groklab.data.level import levelled


@pytest.mark.parametrize("loudness", [1e-3, 1.0])
def test_however_loud_it_is_its_power_becomes_a_hundredth(loudness):
    signal = loudness * np.random.default_rng(0).normal(size=1000)
    assert np.mean(levelled(signal) ** 2) == pytest.approx(0.01, rel=1e-4)
    np.testing.assert_allclose(levelled(signal), levelled(3 * signal), rtol=1e-5)


def test_silence_stays_silence():
    assert not levelled(np.zeros(10)).any()
