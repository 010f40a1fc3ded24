"""Avalanche gain against the moments of its distributions."""

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.response.cells import Cells, flat_index
from pipeline.gas.response.gain import amplified, avalanches_above, pixel_factors, saturated

CELLS = 40_000


def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize(("electrons", "rms"), [(1, 0.28), (1, 0.78), (1, 1.0), (7, 0.78), (3, 2)])
def test_mean_and_variance_of_a_polya_distribution(electrons, rms):
    charge = amplified(np.full(CELLS, float(electrons)), np.full(CELLS, float(rms)), rng())
    variance = electrons * rms**2
    assert charge.mean() == pytest.approx(electrons, abs=4 * (variance / CELLS) ** 0.5)
    excess = 6 * rms**2 / electrons
    assert charge.var() == pytest.approx(variance, rel=4 * ((2 + excess) / CELLS) ** 0.5)


def test_one_electron_with_rms_1_has_an_exponential_avalanche():
    charge = amplified(np.ones(CELLS), np.ones(CELLS), rng())
    assert stats.kstest(charge, "expon").pvalue > 1e-3


def test_a_sum_is_distributed_as_the_sum_of_single_avalanches():
    at_once = amplified(np.full(CELLS, 5.0), np.full(CELLS, 0.9), rng())
    singly = amplified(np.ones(5 * CELLS), np.full(5 * CELLS, 0.9), rng())
    assert stats.ks_2samp(at_once, singly.reshape(-1, 5).sum(axis=1)).pvalue > 1e-3


def test_without_fluctuation_a_charge_is_the_number_of_electrons():
    assert amplified(np.array([1.0, 4.0]), np.zeros(2), rng()).tolist() == [1, 4]


def test_saturation():
    assert saturated(np.array([1.0, 10.0]), np.array([0.0, 0.1])).tolist() == [1, 5]


def test_cells_of_a_pixel_share_a_gain_and_other_pixels_and_events_do_not():
    index = flat_index(np.array([[0, 0, 1], [0, 0, 7], [0, 1, 1], [0, 1, 1]]), 10)
    cells = Cells(index, np.ones(4), np.array([0, 3, 3, 4]), 10)
    factors = pixel_factors(cells, np.full(3, 0.1), rng())
    assert factors[0] == factors[1]
    assert len(set(factors)) == 3


def test_spread_of_the_pixels():
    cells = Cells(np.arange(CELLS) * 10, np.ones(CELLS), np.array([0, CELLS]), 10)
    factors = pixel_factors(cells, np.array([0.05]), rng())
    assert factors.mean() == pytest.approx(1, abs=4 * 0.05 / CELLS**0.5)
    assert factors.std() == pytest.approx(0.05, rel=4 * (0.5 / CELLS) ** 0.5)
    assert (pixel_factors(cells, np.zeros(1), rng()) == 1).all()


@pytest.mark.parametrize(("rms", "least"), [(0.7, 1.2), (0.3, 2.0), (1.3, 0.0)])
def test_avalanches_above_a_charge_are_the_tail_of_all_avalanches(rms, least):
    n, rng = 20_000, np.random.default_rng(5)
    tail = avalanches_above(np.full(n, least), np.full(n, rms), rng)
    every = stats.gamma(rms**-2, scale=rms**2)
    assert stats.kstest(tail, lambda q: 1 - every.sf(q) / every.sf(least)).pvalue > 1e-3


def test_without_a_tail_the_charge_is_the_least():
    least = np.array([0.5, 1.8, 60.0])
    charge = avalanches_above(least, np.array([0.0, 0.0, 0.1]), np.random.default_rng(1))
    assert charge.tolist() == [1.0, 1.8, 60.0]
