"""Random numbers that numpy has not, or not fast enough, for compiled loops."""

import math

import numpy as np
from numba import njit

# Below this number of draws, each draw is a search; above, one Poisson number a cell is faster.
FEW = 1000


@njit(cache=True, error_model="numpy")
def multinomial(rng, draws, cumulative, counts):  # type: ignore[no-untyped-def]
    """Fill `counts` [n] with `draws` throws; `cumulative` [n] are the cells' summed weights.

    Exact: Poisson numbers are multinomial once their total is known, so totals of about two
    standard deviations less than `draws` are filled up one by one, and larger ones thrown again.
    """
    counts[:] = 0
    total = cumulative[-1]
    thrown = 0
    if draws > FEW:
        aim = draws - 2 * math.sqrt(draws)
        while True:
            thrown, below = 0, 0.0
            for cell in range(len(counts)):
                counts[cell] = rng.poisson(aim * (cumulative[cell] - below) / total)
                below = cumulative[cell]
                thrown += counts[cell]
            if thrown <= draws:
                break
    for _ in range(draws - thrown):
        counts[np.searchsorted(cumulative, rng.random() * total, side="right")] += 1


@njit(cache=True, error_model="numpy")
def area_pe(rng, photons, double_probability, spread):  # type: ignore[no-untyped-def]
    """Area of `photons` detected photons [PE]: one or two photoelectrons each, of normal areas."""
    electrons = photons + rng.binomial(photons, double_probability)
    return electrons + spread * math.sqrt(electrons) * rng.standard_normal()
