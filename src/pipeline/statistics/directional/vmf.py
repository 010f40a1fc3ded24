"""The von Mises-Fisher distribution on the sphere: moments and the maximum-likelihood kappa."""

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


def cone_angle_rad(kappa: ArrayLike, probability: float) -> NDArray[np.float64]:
    """Half opening angle [rad] of the cone about the mean direction that holds `probability`.

    Inverse of the distribution function of the cosine (Mardia & Jupp 2000, section 9.3.2). Same
    shape as `kappa` >= 0.

    >>> np.degrees(cone_angle_rad([0.0, 20.0], 0.68)).round(2).tolist()
    [111.1, 19.43]
    """
    kappa = np.asarray(kappa, np.float64)
    small = kappa < 1e-6
    large = np.where(small, 1.0, kappa)
    # 1 - cos, and the angle from it: the cosine alone loses the digits of small angles.
    distance = -np.log1p(-probability * -np.expm1(-2 * large)) / large
    distance = np.where(small, 2 * probability, distance)
    return 2 * np.arcsin(np.sqrt(distance / 2))


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
