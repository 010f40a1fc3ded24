"""Events at places on a readout of pixels."""

from dataclasses import replace

import numpy as np

from pipeline.gas.response.cells import Cells, flat_index
from pipeline.gas.response.pixels import Pixels, lit

BOX = 8


def test_a_cell_has_the_gain_of_the_pixel_under_it():
    """Cell 4, the middle of the box, lies over pixel (1, 0) in one event, (0, 2) in the other."""
    place = np.array([[4, 4, 7], [3, 5, 0], [4, 4, 1], [6, 4, 1]])
    cells = Cells(flat_index(place, BOX), np.ones(4), np.array([0, 2, 4]), BOX)
    pixels = Pixels(np.arange(6.0).reshape(2, 3) + 1, np.array([[1, 0], [0, 2]]))
    assert pixels.under(cells).tolist() == [[1, 0], [0, 1], [0, 2], [2, 2]]
    assert pixels.gains(cells).tolist() == [4, 2, 3, 0]
    assert replace(pixels, beside=7.0).gains(cells).tolist() == [4, 2, 3, 7]


def test_events_lie_evenly_over_pixels_and_margin():
    origin = lit((3, 2), 1, 4000, np.random.default_rng(1))
    places, number = np.unique(origin, axis=0, return_counts=True)
    assert (places.min(axis=0).tolist(), places.max(axis=0).tolist()) == ([-1, -1], [3, 2])
    assert len(number) == 20
    assert np.abs(number - 200).max() < 5 * np.sqrt(200)
