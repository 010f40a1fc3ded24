"""The von Mises-Fisher distribution on the sphere: moments and the maximum-likelihood kappa."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import i0e


def mean_cosine(kappa: ArrayLike) -> NDArray[np.float64]:
    """Expected cosine of the angle to the mean direction, A(kappa) = coth kappa - 1 / kappa.

    Mardia & Jupp, Directional Statistics (2000), section 9.3.2. Same shape as `kappa` >= 0.
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
    """
    kappa = np.asarray(kappa, np.float64)
    small = kappa < 1e-6
    large = np.where(small, 1.0, kappa)
    closed = np.pi * (i0e(large) - np.exp(-2 * large)) / -np.expm1(-2 * large)
    return np.where(small, np.pi / 2 * (1 - kappa / 4), closed)


def fit_kappa(cosines: ArrayLike) -> tuple[float, float]:
    """Maximum-likelihood kappa of angles to a known mean direction, and its standard error.

    `cosines` [n] of those angles. Solves A(kappa) = mean cosine; the error is
    1 / sqrt(n A'(kappa)), from the Fisher information. A mean cosine of at most 0 gives kappa 0.
    Raises ValueError for no cosines, values outside -1..1 and a mean of 1 (kappa unbounded).
    """
    cosines = np.asarray(cosines, np.float64)
    if cosines.size == 0 or not np.all(np.abs(cosines) <= 1 + 1e-6):
        raise ValueError(
            f"fit_kappa: expected at least one cosine, all within -1..1, got {cosines.size} "
            f"between {cosines.min(initial=np.inf)} and {cosines.max(initial=-np.inf)}"
        )
    mean = float(cosines.mean())
    if mean >= 1:
        raise ValueError("fit_kappa: all angles are zero, kappa is unbounded")
    kappa = 0.0
    if mean > 0:
        # kappa / 3 >= A(kappa) >= 1 - 1 / kappa bracket the root.
        low, high = 3 * mean * (1 - 1e-9), (1 + 1e-9) / (1 - mean)
        kappa = brentq(lambda k: float(mean_cosine(k)) - mean, low, max(low, high), rtol=1e-12)
    return kappa, float(1 / np.sqrt(cosines.size * cosine_variance(kappa)))
