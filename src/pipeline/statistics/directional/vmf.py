"""The von Mises-Fisher distribution on the sphere: moments, caps, the maximum-likelihood kappa."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import i0e


def mean_cosine(kappa: ArrayLike) -> NDArray[np.float64]:
    """Expected cosine of the angle to the mean direction, A(kappa) = coth kappa - 1 / kappa.

    Mardia & Jupp, Directional Statistics (2000), section 9.3.2. Same shape as `kappa` >= 0.

    >>> mean_cosine([0.0, 1.0, 20.0]).round(4).tolist()
    [0.0, 0.313, 0.95]
    """
    kappa = np.asarray(kappa, np.float64)
    small = kappa < 1e-2
    large = np.where(small, 1.0, kappa)
    return np.where(small, kappa / 3 - kappa**3 / 45, 1 / np.tanh(large) - 1 / large)


def cosine_variance(kappa: ArrayLike) -> NDArray[np.float64]:
    """Variance of that cosine, A'(kappa) = 1 / kappa^2 - 1 / sinh^2 kappa.

    It is also the Fisher information on kappa of one angle. Same shape as `kappa` >= 0.
    """
    kappa = np.asarray(kappa, np.float64)
    small = kappa < 1e-2
    large = np.where(small, 1.0, kappa)
    # 1 / sinh^2 in a form that does not overflow.
    falling = 4 * np.exp(-2 * large) / np.expm1(-2 * large) ** 2
    return np.where(small, 1 / 3 - kappa**2 / 15, 1 / large**2 - falling)


def expected_angle_rad(kappa: ArrayLike) -> NDArray[np.float64]:
    """Mean angle to the mean direction [rad], pi / (2 sinh kappa) (I0(kappa) - exp(-kappa)).

    Ghrear et al. 2024 (Mach. Learn.: Sci. Technol. 5 035009), section 5, multiplied through by
    exp(-kappa) so that it neither overflows nor loses digits; pi / 2 at kappa = 0.
    Same shape as `kappa` >= 0.

    >>> np.degrees(expected_angle_rad([0.0, 20.0])).round(2).tolist()
    [90.0, 16.16]
    """
    kappa = np.asarray(kappa, np.float64)
    small = kappa < 1e-6
    large = np.where(small, 1.0, kappa)
    closed = np.pi * (i0e(large) - np.exp(-2 * large)) / -np.expm1(-2 * large)
    return np.where(small, np.pi / 2 * (1 - kappa / 4), closed)


def kappa_of_mean_cosine(mean: ArrayLike) -> NDArray[np.float64]:
    """Kappa whose mean cosine A(kappa) is `mean`, within [0, 1); same shape.

    Newton's method from the approximation of Banerjee et al. 2005 (J. Mach. Learn. Res. 6 1345).

    >>> kappa_of_mean_cosine([0.0, 0.95]).round(4).tolist()
    [0.0, 20.0]
    """
    mean = np.asarray(mean, np.float64)
    kappa = mean * (3 - mean**2) / (1 - mean**2)
    for _ in range(6):
        kappa = np.maximum(kappa - (mean_cosine(kappa) - mean) / cosine_variance(kappa), 0.0)
    return kappa


# Below, densities are isotropic to the last digit.
_LEAST_KAPPA = 1e-12


def cap_mass(kappa: ArrayLike, depth: ArrayLike) -> NDArray[np.float64]:
    """Probability of an angle to the mean direction whose 1 - cos is at most `depth`.

    (1 - exp(-kappa depth)) / (1 - exp(-2 kappa)), from Mardia & Jupp 2000, section 9.3.2.

    >>> cap_mass(10.0, [0.0, 0.1, 2.0]).round(4).tolist()
    [0.0, 0.6321, 1.0]
    """
    kappa = np.maximum(np.asarray(kappa, np.float64), _LEAST_KAPPA)
    return np.expm1(-kappa * np.asarray(depth, np.float64)) / np.expm1(-2 * kappa)


def cap_depth(kappa: ArrayLike, mass: ArrayLike) -> NDArray[np.float64]:
    """Inverse of `cap_mass`: 1 - cos within which a probability `mass` lies.

    It is 1 / (2 pi) of the cap's solid angle, and quantile function of 1 - cos.
    """
    kappa = np.maximum(np.asarray(kappa, np.float64), _LEAST_KAPPA)
    return -np.log1p(np.asarray(mass, np.float64) * np.expm1(-2 * kappa)) / kappa


def log_norm(kappa: ArrayLike) -> NDArray[np.float64]:
    """Logarithm of the density [1/sr] at the mean direction; same shape."""
    kappa = np.maximum(np.asarray(kappa, np.float64), _LEAST_KAPPA)
    return np.log(kappa / (2 * np.pi)) - np.log(-np.expm1(-2 * kappa))


@dataclass(frozen=True)
class Family:
    """Moments of the density exp(kappa cos) of directions in a space of so many dimensions.

    `mean_cosine` is A(kappa), `cosine_variance` its derivative.
    """

    dimensions: int
    mean_cosine: Callable[[ArrayLike], NDArray[np.float64]]
    cosine_variance: Callable[[ArrayLike], NDArray[np.float64]]


SPHERE = Family(3, mean_cosine, cosine_variance)


def fit_kappa(cosines: ArrayLike, family: Family = SPHERE) -> tuple[float, float]:
    """Maximum-likelihood kappa of angles to a known mean direction, and its standard error.

    `cosines` [n] of those angles. Solves A(kappa) = mean cosine; see `fit_kappa_factor`.
    """
    return fit_kappa_factor(cosines, 1.0, family)


def fit_kappa_factor(
    cosines: ArrayLike, kappa: ArrayLike, family: Family = SPHERE
) -> tuple[float, float]:
    """Maximum-likelihood factor s on the kappa of angles to known mean directions, and its error.

    `cosines` [n] of those angles, `kappa` >= 0 [n] or one for all. Solves
    sum kappa (cos - A(s kappa)) = 0, the likelihood's slope, which falls with s; the error is
    1 / sqrt(sum kappa^2 A'(s kappa)), from the Fisher information, and infinite if every kappa is
    0. A sum of kappa cos of at most 0 gives s = 0.
    Raises ValueError for no cosines, values outside -1..1, a negative or unknown kappa and angles
    that are all zero (s unbounded).
    """
    cosines = np.asarray(cosines, np.float64)
    kappa = np.broadcast_to(np.asarray(kappa, np.float64), cosines.shape)
    if cosines.size == 0 or not np.all(np.abs(cosines) <= 1 + 1e-6):
        raise ValueError(
            f"fit of kappa: expected at least one cosine, all within -1..1, got {cosines.size} "
            f"between {cosines.min(initial=np.inf)} and {cosines.max(initial=-np.inf)}"
        )
    if not np.all(kappa >= 0):
        raise ValueError("fit of kappa: every kappa must be known and at least 0")
    factor = 0.0
    if np.mean(kappa * cosines) > 0:
        if np.mean(kappa * (1 - cosines)) <= 0:
            raise ValueError("fit of kappa: all angles are zero, kappa is unbounded")
        # x / dimensions >= A(x) >= 1 - 1 / x bracket the root.
        low = family.dimensions * np.mean(kappa * cosines) / np.mean(kappa**2) * (1 - 1e-9)
        high = (1 + 1e-9) / np.mean(kappa * (1 - cosines))
        factor = brentq(
            lambda s: float(np.mean(kappa * (cosines - family.mean_cosine(s * kappa)))),
            low,
            max(low, high),
            rtol=1e-12,
        )
    information = float(np.sum(kappa**2 * family.cosine_variance(factor * kappa)))
    return factor, information**-0.5 if information > 0 else np.inf
