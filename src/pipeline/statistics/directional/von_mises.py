"""The von Mises distribution on the circle, and that of axes in a plane, whose angles are doubled.

An axis at angle phi is the same as at phi + 180 degrees, so 2 phi is the angle of a direction.
Mardia & Jupp 2000, Directional Statistics, sections 3.5.4 and 3.6.3.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import i0e, i1e

from pipeline.statistics.directional.vmf import Family, fit_kappa

Array = NDArray[np.float64]


def mean_cosine(kappa: ArrayLike) -> Array:
    """Expected cosine of the angle to the mean direction, A(kappa) = I1(kappa) / I0(kappa).

    Of axes it is the mean cosine of the doubled angle. Same shape as `kappa` >= 0.

    >>> mean_cosine([0.0, 1.0, 20.0]).round(4).tolist()
    [0.0, 0.4464, 0.9747]
    """
    kappa = np.asarray(kappa, np.float64)
    return np.asarray(i1e(kappa) / i0e(kappa))


def cosine_variance(kappa: ArrayLike) -> Array:
    """Derivative A'(kappa) = 1 - A / kappa - A^2, the variance of that cosine.

    It is also the Fisher information on kappa of one angle. Same shape as `kappa` >= 0.
    """
    kappa = np.asarray(kappa, np.float64)
    small = kappa < 1e-3
    large = np.where(small, 1.0, kappa)
    mean = mean_cosine(large)
    return np.where(small, 1 / 2 - 3 * kappa**2 / 16, 1 - mean / large - mean**2)


CIRCLE = Family(2, mean_cosine, cosine_variance)


def axial_density(angle_rad: ArrayLike, kappa: ArrayLike) -> Array:
    """Density [1/rad] of axes at angles to the mean axis: exp(kappa cos 2 phi) / (pi I0(kappa)).

    Its integral over half a turn is one.
    """
    kappa = np.asarray(kappa, np.float64)
    exponent = kappa * (np.cos(2 * np.asarray(angle_rad, np.float64)) - 1)
    return np.asarray(np.exp(exponent) / (np.pi * i0e(kappa)))


def fit_axial_kappa(angle_rad: ArrayLike) -> tuple[float, float]:
    """Maximum-likelihood kappa of axes at angles [n] to a known mean axis, and its standard error.

    See `fit_kappa_factor` for the error and exceptions.
    """
    return fit_kappa(np.cos(2 * np.asarray(angle_rad, np.float64)), CIRCLE)
