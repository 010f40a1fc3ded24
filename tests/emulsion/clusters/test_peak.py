"""The peak of an image."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from pipeline.emulsion.clusters.peak import maximum, median


@pytest.mark.parametrize("shape", [(40, 40), (33, 35)])
def test_median_and_maximum_are_those_of_numpy(shape, rng):
    for low, high in ((0, 256), (3, 9), (7, 8), (254, 256)):
        image = rng.integers(low, high, shape, np.uint8)
        assert median(image, np.empty(256, np.int64)) == np.median(image)
        smooth = uniform_filter(image.astype(float), 3)[1:-1, 1:-1]
        value, row, column = maximum(image, np.empty(shape[1], np.float32))
        assert value == pytest.approx(smooth.max())
        assert smooth[row - 1, column - 1] == pytest.approx(value)


def test_the_median_lies_between_two_halves():
    image = np.repeat(np.array([[10, 20]], np.uint8), 800, axis=0)
    assert median(image, np.empty(256, np.int64)) == 15
