"""WIMPs of the standard halo, as nuclear recoils see their velocities.

In the galaxy velocities follow a Maxwell distribution that ends at the escape speed; the Earth
moves through it towards Cygnus. A recoil of given energy needs a WIMP of at least the speed v_min.
gamma is the angle between the recoil and the direction away from Cygnus. Lewin & Smith 1996,
Astropart. Phys. 6, 87; Gondolo 2002, Phys. Rev. D 66, 103513. Speeds are in km/s.
"""

from math import exp, pi, sqrt
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator
from scipy.special import erf

from pipeline.config.model import Block, described

Array = NDArray[np.float64]

_HALVINGS = 40


class Halo(Block):
    """Halo of WIMPs."""

    density_GeV_cm3: float = described("Local density of dark matter [GeV/cm3].", 0.3, gt=0)
    v0_km_s: float = described("Most probable speed in the galaxy [km/s].", 220.0, gt=0)
    earth_km_s: float = described("Speed of the Earth through the halo [km/s].", 232.0, gt=0)
    escape_km_s: float = described("Escape speed [km/s].", 544.0, gt=0)

    @model_validator(mode="after")
    def _earth_is_bound(self) -> Self:
        if self.earth_km_s >= self.escape_km_s:
            raise ValueError(
                f"earth_km_s ({self.earth_km_s:g}) must be below escape_km_s ({self.escape_km_s:g})"
            )
        return self

    @property
    def highest_speed_km_s(self) -> float:
        """Highest speed of a WIMP in the laboratory."""
        return self.earth_km_s + self.escape_km_s

    def angular_density(self, v_min_km_s: ArrayLike, cos_gamma: ArrayLike) -> Array:
        """Contribution of each cosine of gamma to `mean_inverse_speed` [s/km].

        [exp(-u^2) - exp(-z^2)]_+ / (sqrt(pi) v0 N_esc) with u = (v_min - v_E cos gamma) / v0 and
        z = v_esc / v0: 2 pi times the Radon transform of the velocities (Gondolo 2002, equation
        12).
        """
        x, y, z = self._reduced(v_min_km_s)
        u = x - y * np.asarray(cos_gamma, np.float64)
        bracket = np.maximum(np.exp(-(u**2)) - exp(-(z**2)), 0.0)
        return np.asarray(bracket / (sqrt(pi) * self.v0_km_s * self._escape_share))

    def mean_inverse_speed(self, v_min_km_s: ArrayLike) -> Array:
        """Mean of 1 / v [s/km] over all WIMPs, of which only those above v_min count.

        Lewin & Smith, equation 3.13: the integral of `angular_density`.
        """
        x, y, z = self._reduced(v_min_km_s)
        whole = self._integral(np.minimum(x + y, z)) - self._integral(np.minimum(x - y, z))
        return np.asarray(whole / (sqrt(pi) * self.earth_km_s * self._escape_share))

    def sample_cosines(self, rng: np.random.Generator, v_min_km_s: Array) -> Array:
        """A random cosine of gamma for each v_min [n], which must be below the highest speed."""
        x, y, z = self._reduced(v_min_km_s)
        low, high = x - y, np.minimum(x + y, z)
        first, last = self._integral(low), self._integral(high)
        wanted = first + rng.random(len(x)) * (last - first)
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            below = self._integral(middle) < wanted
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.clip((x - low) / y, -1.0, 1.0)

    @property
    def _escape_share(self) -> float:
        """N_esc: the share of an unlimited Maxwell distribution below the escape speed."""
        z = self.escape_km_s / self.v0_km_s
        return float(erf(z)) - 2 / sqrt(pi) * z * exp(-(z**2))

    def _reduced(self, v_min_km_s: ArrayLike) -> tuple[Array, float, float]:
        """v_min, the Earth's speed and the escape speed in units of v0."""
        x = np.asarray(v_min_km_s, np.float64) / self.v0_km_s
        return x, self.earth_km_s / self.v0_km_s, self.escape_km_s / self.v0_km_s

    def _integral(self, u: Array) -> Array:
        """Integral of exp(-u^2) - exp(-z^2) from zero to u."""
        z = self.escape_km_s / self.v0_km_s
        return np.asarray(sqrt(pi) / 2 * erf(u) - u * exp(-(z**2)))
