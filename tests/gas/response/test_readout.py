"""Integration along the drift, thresholds and digitisation."""

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.response.cells import Cells, central_layer, flat_index
from pipeline.gas.response.readout import digitised, flattened, integrated, thresholds

BOX = 20
PLACES = np.array([[1, 1, 2], [1, 1, 5], [1, 1, 6], [1, 1, 9], [1, 2, 6], [2, 0, 0]])


def cells():
    index = flat_index(np.concatenate([PLACES, PLACES[3:4]]), BOX)
    return Cells(index, np.arange(1.0, 8.0), np.array([0, 6, 7]), BOX)


def test_the_first_cell_of_a_pixel_opens_a_window_and_the_next_one_behind_it_another():
    summed = integrated(cells(), window=4)
    expected = PLACES[[0, 2, 4, 5, 3]]
    assert summed.index.tolist() == flat_index(expected, BOX).tolist()
    assert summed.charge.tolist() == [1 + 2, 3 + 4, 5, 6, 7]
    assert summed.offsets.tolist() == [0, 4, 5]


def test_a_threshold_opens_a_window_and_charge_before_it_is_lost():
    """Of the pixel with the charges 1, 2, 3, 4 in the cells 2, 5, 6, 9, two windows of 4 cells."""
    summed = integrated(cells(), window=4, least=np.array([2.0, 2, 9, 2, 9, 9, 7]))
    assert summed.index.tolist() == flat_index(PLACES[[1, 3, 3]], BOX).tolist()
    assert summed.charge.tolist() == [2 + 3, 4, 7]
    assert summed.offsets.tolist() == [0, 2, 3]


def test_a_window_of_one_cell_changes_nothing():
    summed = integrated(cells(), window=1)
    assert summed.index.tolist() == cells().index.tolist()
    assert summed.charge.tolist() == cells().charge.tolist()


def test_a_readout_without_z_has_one_cell_for_each_pixel():
    flat = flattened(cells())
    assert set(flat.index % BOX) == {central_layer(BOX)}
    assert flat.charge.tolist() == [1 + 2 + 3 + 4, 5, 6, 7]


def test_share_of_charges_above_a_threshold_that_varies():
    """Phi((q - t) / rms) of the cells with the charge q report it."""
    n, charge = 40_000, 1.4
    least = thresholds(np.full(n, 1.2), np.full(n, 0.3), np.random.default_rng(1))
    expected = stats.norm.cdf((charge - 1.2) / 0.3)
    error = (expected * (1 - expected) / n) ** 0.5
    assert abs((charge >= least).mean() - expected) < 4 * error


def test_a_sharp_threshold_is_the_same_everywhere():
    assert thresholds(np.array([1.5, 2]), np.zeros(2), np.random.default_rng(1)).tolist() == [
        1.5,
        2,
    ]


@pytest.mark.parametrize(
    ("charge", "expected"),
    [(0.01, 0.25), (0.49, 0.25), (0.5, 0.75), (7.49, 7.25), (7.5, 7.75), (8, 7.75), (1e9, 7.75)],
)
def test_a_charge_is_in_the_middle_of_its_step_or_of_the_last(charge, expected):
    assert digitised(np.array([charge]), bits=4, step=0.5).tolist() == [expected]
