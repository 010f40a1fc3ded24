"""Scattering of atoms by the universal potential of Ziegler, Biersack and Littmark (ZBL).

The magic formula for the scattering angle and the reduced nuclear stopping: J. F. Ziegler,
J. P. Biersack, U. Littmark, The Stopping and Range of Ions in Solids (1985), chapter 2. Energies
are in units of Z1 Z2 e^2/a (`epsilon`, in the centre of mass), lengths in screening lengths a.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

E2_KEV_NM = 1.4399645e-3  # e^2/(4 pi epsilon_0)
BOHR_NM = 0.052917721

# Amplitudes and decays of the universal screening function.
_TERMS = ((0.18175, 3.1998), (0.50986, 0.94229), (0.28022, 0.4029), (0.028171, 0.20162))


def screening_nm(z1: ArrayLike, z2: ArrayLike) -> NDArray[np.float64]:
    """Universal screening length [nm]."""
    return np.asarray(
        0.8854 * BOHR_NM / (np.asarray(z1, float) ** 0.23 + np.asarray(z2, float) ** 0.23)
    )


def reduced_stopping(epsilon: ArrayLike) -> NDArray[np.float64]:
    """Reduced nuclear stopping power of the universal potential."""
    epsilon = np.asarray(epsilon, float)
    slow = np.log1p(1.1383 * epsilon) / (
        2 * (epsilon + 0.01321 * epsilon**0.21226 + 0.19593 * np.sqrt(epsilon))
    )
    return np.where(epsilon < 30, slow, np.log(epsilon) / (2 * epsilon))


def half_angle_sine_squared(epsilon: ArrayLike, impact: ArrayLike) -> NDArray[np.float64]:
    """sin^2(theta/2) of the scattering angle theta in the centre of mass, by the magic formula.

    `epsilon` > 0 and the impact parameter `impact` >= 0 are reduced; they are broadcast.
    """
    epsilon, impact = np.broadcast_arrays(np.asarray(epsilon, float), np.asarray(impact, float))
    apsis = _apsis(epsilon, impact)
    potential, slope = _potential(apsis)
    curvature = 2 * (epsilon - potential) / -slope
    root = np.sqrt(epsilon)
    beta = (0.011615 + root) / (0.0071222 + root)
    a = 2 * epsilon * (1 + 0.99229 / root) * impact**beta
    inverse_g = (np.sqrt(1 + a * a) - a) * (9.3066 + epsilon) / (14.813 + epsilon)
    correction = a * (apsis - impact) * inverse_g / (1 + inverse_g)
    cosine = (impact + curvature + correction) / (apsis + curvature)
    return np.clip(1 - cosine * cosine, 0.0, 1.0)


def _potential(distance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The reduced potential phi(r)/r and its derivative."""
    screening, change = np.zeros_like(distance), np.zeros_like(distance)
    for amplitude, decay in _TERMS:
        term = amplitude * np.exp(-decay * distance)
        screening += term
        change -= decay * term
    return screening / distance, change / distance - screening / distance**2


def _apsis(epsilon: NDArray[np.float64], impact: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of closest approach: 1 - phi(r)/(r epsilon) - (b/r)^2 = 0, by bisection in ln r.

    A bare charge would turn back at the upper limit; b is a lower one, and 1e-6 for epsilon < 1e5.
    """
    low = np.log(np.maximum(impact, 1e-6))
    high = np.log(0.5 / epsilon + np.sqrt(0.25 / epsilon**2 + impact**2))
    for _ in range(45):
        middle = (low + high) / 2
        distance = np.exp(middle)
        outside = 1 - _potential(distance)[0] / epsilon - (impact / distance) ** 2 > 0
        high = np.where(outside, middle, high)
        low = np.where(outside, low, middle)
    return np.exp(high)
