"""Avalanche gain in units of its mean: fluctuation, saturation, spread from pixel to pixel."""

import numba as nb
import numpy as np
from scipy import special

from pipeline.gas.response.cells import Cells


def amplified(
    electrons: np.ndarray, relative_rms: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Charges float64 [M] of cells with so many electrons [M] of relative avalanche rms [M].

    The avalanche of one electron has a Polya distribution: a gamma distribution of mean 1 and
    variance rms^2. The sum over n electrons is a gamma distribution too, of mean n and variance
    n rms^2, so one number is drawn for each cell.
    """
    return _gamma(electrons, relative_rms**2, rng)


def avalanches_above(
    least: np.ndarray, relative_rms: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Charges float64 [K] of single electrons that are above `least` [K].

    They are drawn from the tail of the distribution of `amplified`, through the inverse of its
    survival function. Without fluctuation, or where the tail has no probability that a float
    holds, a charge is 1 or `least`, whichever is larger.
    """
    variance, part = relative_rms**2, 1.0 - rng.random(len(least))
    charge, wide = np.maximum(least, 1.0), variance > 0.0
    shape = 1.0 / variance[wide]
    tail = special.gammaincc(shape, np.maximum(least[wide], 0.0) * shape)
    drawn = special.gammainccinv(shape, part[wide] * tail) / shape
    charge[wide] = np.where(np.isfinite(drawn), np.maximum(drawn, least[wide]), charge[wide])
    return charge


def saturated(charge: np.ndarray, saturation: np.ndarray) -> np.ndarray:
    """Charges q / (1 + saturation q), float64 [M]."""
    result: np.ndarray = charge / (1.0 + saturation * charge)
    return result


def pixel_factors(cells: Cells, spread: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Relative gain float64 [M] of the pixel of each cell, of mean 1 and rms `spread` [n].

    Each event meets other pixels.
    """
    if not spread.any():
        return np.ones(len(cells.index))
    pixel = cells.index // cells.box
    owner = cells.each(np.arange(len(cells)))
    new = (np.diff(pixel, prepend=-1) != 0) | (np.diff(owner, prepend=-1) != 0)
    variance = spread[owner[new]] ** 2
    return _gamma(np.ones(len(variance)), variance, rng)[np.cumsum(new) - 1]


@nb.njit(cache=True, nogil=True)
def _gamma(mean: np.ndarray, variance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gamma-distributed numbers of the given mean [M], with the variance `variance` * mean."""
    drawn = mean.copy()
    for i in range(len(mean)):
        if variance[i] > 0.0:
            drawn[i] = variance[i] * rng.standard_gamma(mean[i] / variance[i])
    return drawn
