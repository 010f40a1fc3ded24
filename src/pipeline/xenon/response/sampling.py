"""Random numbers for compiled loops that numpy does not offer, or only slowly."""

import math

import numpy as np
from numba import njit

# Up to this number of draws, a search for each draw is faster than a Poisson number for each cell.
FEW = 1000


@njit(cache=True, error_model="numpy")
def multinomial(rng, draws, cumulative, counts):  # type: ignore[no-untyped-def]
    """Fill `counts` [n] with `draws` multinomial draws over n cells.

    `cumulative` [n] are the cumulative weights of the cells. The method is exact: Poisson numbers
    with a given total follow a multinomial distribution. The Poisson numbers are drawn with an
    expected total two standard deviations below `draws`; the missing draws are added one by one,
    and if the total exceeds `draws`, all are drawn again.
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
    """Area of `photons` detected photons [PE].

    Each photon makes one or two photoelectrons, and the area of a photoelectron is normal.
    """
    electrons = photons + rng.binomial(photons, double_probability)
    return electrons + spread * math.sqrt(electrons) * rng.standard_normal()
