"""Test statistics of directions in a plane, against a named direction or against any.

`multiple` is 1 for directions and 2 for axes: an axis at phi is the same as at phi + 180 degrees,
so 2 phi is the angle of a direction. With unit vectors u at `multiple` times the angle and weights
w:

- axis: z = sqrt(2) sum w cos(multiple phi) / sqrt(sum w^2), with phi the angle to the named
  direction. Without weights it is sqrt(2 N) <cos(multiple phi)>. Under isotropy it has mean zero
  and variance one, and is normal for many events.
- rayleigh: Z = |sum w u|^2 / sum w^2, which knows no direction. Under isotropy 2 Z is chi-squared
  with 2 degrees of freedom for many events.

Mardia & Jupp 2000, Directional Statistics, section 6.3.1. Weights follow from each event's own
kappa, w = A(kappa), as for the dipole on the sphere.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import ncx2, norm

Array = NDArray[np.float64]

AXIS, AXIS_KAPPA = "axis", "axis_kappa"
RAYLEIGH, RAYLEIGH_KAPPA = "rayleigh", "rayleigh_kappa"
WEIGHTED = {AXIS: AXIS_KAPPA, RAYLEIGH: RAYLEIGH_KAPPA}


def axis_statistic(angle_rad: ArrayLike, multiple: int, weight: ArrayLike = 1.0) -> Array:
    """z of angles (..., events) to the named direction; shape (...)."""
    return np.sqrt(2) * _resultant(angle_rad, multiple, weight).real


def rayleigh_statistic(angle_rad: ArrayLike, multiple: int, weight: ArrayLike = 1.0) -> Array:
    """Z of angles (..., events) to any fixed direction; shape (...)."""
    return np.abs(_resultant(angle_rad, multiple, weight)) ** 2


def axis_p_value(z: ArrayLike) -> Array:
    """p-value of z under isotropy for many events: the normal distribution's upper tail.

    Few events have a lighter tail: the p-value is then too high.
    """
    return np.asarray(norm.sf(np.asarray(z, np.float64)))


def rayleigh_p_value(statistic: ArrayLike, events: ArrayLike) -> Array:
    """p-value of Z of N events of equal weight under isotropy, exp(-Z) (1 + ...).

    With the terms in 1/N and 1/N^2 of Mardia & Jupp (6.3.5), from Greenwood & Durand 1955, Ann.
    Math. Stat. 26, 233. Far in the tail of few events, where the series is no probability, it is
    limited to 0..1.

    >>> rayleigh_p_value(5.0, 100).round(5).item()
    0.00648
    """
    z, n = np.asarray(statistic, np.float64), np.asarray(events, np.float64)
    first = (2 * z - z**2) / (4 * n)
    second = (24 * z - 132 * z**2 + 76 * z**3 - 9 * z**4) / (288 * n**2)
    return np.clip(np.exp(-z) * (1 + first - second), 0.0, 1.0)


def needed_for_axis(mean_cosine: float, p: float) -> float:
    """Number of events N at which the median z reaches the level p, for many events.

    `mean_cosine` is <cos(multiple phi)> of all events: of the signal times its fraction. The median
    of z is sqrt(2 N) <cos(multiple phi)>; infinite if that is not positive.
    """
    return float(norm.isf(p) ** 2 / (2 * mean_cosine**2)) if mean_cosine > 0 else np.inf


def needed_for_rayleigh(mean_length: float, p: float) -> float:
    """Number of events N at which the median Z reaches the level p, for many events.

    `mean_length` is the length of the mean vector of all events. 2 Z is non-central chi-squared
    of 2 N mean_length^2 with 2 degrees of freedom.
    """
    if not mean_length > 0:
        return np.inf
    critical = -2 * np.log(p)
    strength = brentq(lambda x: ncx2.sf(critical, 2, x) - 0.5, 1e-9, 2 * critical)
    return float(strength / (2 * mean_length**2))


def _resultant(
    angle_rad: ArrayLike, multiple: int, weight: ArrayLike
) -> NDArray[np.complex128] | np.complex128:
    """sum w exp(i multiple phi) / sqrt(sum w^2) over the last axis."""
    vectors = np.exp(1j * multiple * np.asarray(angle_rad, np.float64))
    weights = np.broadcast_to(np.asarray(weight, np.float64), vectors.shape)
    return np.sum(weights * vectors, axis=-1) / np.sqrt(np.sum(weights**2, axis=-1))
