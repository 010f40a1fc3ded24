"""Densities of cosines on the sphere as Legendre series.

A density that depends only on x = cos(angle to an axis) is given relative to isotropy,
r(x) = 4 pi s = sum (2l + 1) a_l P_l(x), where a_l is the mean of P_l. Convolution with an axially
symmetric kernel multiplies each a_l by that of the kernel (convolution theorem on the sphere).
"""

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import ive

Array = NDArray[np.float64]


def vmf_legendre(kappa: ArrayLike, degree_max: int) -> Array:
    """Legendre means of the von Mises-Fisher density, I_{l+1/2}(kappa) / I_{1/2}(kappa).

    Mardia & Jupp 2000, Directional Statistics, section 9.3.2. Shape (len(kappa), degree_max + 1);
    kappa > 0.
    """
    kappa = np.atleast_1d(np.asarray(kappa, float))[:, None]
    return ive(np.arange(degree_max + 1) + 0.5, kappa) / ive(0.5, kappa)


@njit(cache=True)
def legendre_means(cosine: Array, weight: Array, degree_max: int) -> Array:
    """Weighted means of P_l(cosine) for l = 0..degree_max; the weights must sum to one."""
    means = np.zeros(degree_max + 1)
    for x, w in zip(cosine, weight):  # noqa: B905 - numba does not support strict=
        before, now = 0.0, 1.0
        for degree in range(degree_max + 1):
            means[degree] += w * now
            before, now = now, ((2 * degree + 1) * x * now - degree * before) / (degree + 1)
    return means


def cell_centres(cells: int) -> Array:
    """Centres of `cells` equal cells of the cosine in [-1, 1]."""
    return (2 * np.arange(cells) + 1) / cells - 1


def relative_density(means: Array, cosine: Array) -> Array:
    """r(x) = sum (2l + 1) a_l P_l(x) at `cosine`; `means` (..., l) gives (..., cosine)."""
    degree = means.shape[-1] - 1
    terms = np.polynomial.legendre.legvander(cosine, degree)
    return (means * (2 * np.arange(degree + 1) + 1)) @ terms.T
