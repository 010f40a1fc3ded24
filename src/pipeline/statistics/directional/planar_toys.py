"""Toys of directions or axes in a plane, with isotropic background.

Angles are those of `planar`, multiplied by 1 for directions and by 2 for axes. A toy's signal
events are drawn with replacement from a sample of measured signal events. Background events are
isotropic, their kappas those of the same sample.
"""

from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import ClassVar, Self

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from pipeline.core.progress import Progress
from pipeline.statistics.directional.planar import AXIS, RAYLEIGH, WEIGHTED
from pipeline.statistics.directional.toys import ToySet, by_name
from pipeline.statistics.directional.von_mises import mean_cosine

Array = NDArray[np.float64]

_WEIGHT_MIN = 1e-6


@dataclass(frozen=True)
class Plane:
    """Measured signal events: unit vectors at the multiplied angle, [n] each, and weights [n].

    Angles are measured from the named direction. Without kappa all weights are one, and there are
    no weighted statistics.
    """

    dimensions: ClassVar[int] = 2

    cosine: Array
    sine: Array
    weight: Array
    has_kappa: bool

    @classmethod
    def from_angles(
        cls, angle_rad: ArrayLike, multiple: int, kappa: ArrayLike | None = None
    ) -> Self:
        """Events from angles [n] to the named direction and their kappas [n].

        `multiple` is 1 for directions and 2 for axes; kappa is that of the multiplied angle.

        Raises:
            ValueError: there is no event, or an angle or kappa is not finite or kappa is negative.
        """
        angle = multiple * np.asarray(angle_rad, np.float64)
        if not angle.size or not np.isfinite(angle).all():
            raise ValueError("toys in a plane need at least one event and finite angles")
        if kappa is None:
            return cls(np.cos(angle), np.sin(angle), np.ones(angle.size), False)
        kappa = np.asarray(kappa, np.float64)
        if not (np.isfinite(kappa) & (kappa >= 0)).all():
            raise ValueError("kappa must be finite and >= 0 for every event, or absent")
        # Not zero: without directional information all events have equal weights.
        weight = np.maximum(mean_cosine(kappa), _WEIGHT_MIN)
        return cls(np.cos(angle), np.sin(angle), weight, True)

    @property
    def dipole(self) -> float:
        """Length of the mean unit vector."""
        return float(np.hypot(self.cosine.mean(), self.sine.mean()))

    def for_fraction(self, _place: int) -> Self:
        """See `ToyMaker`; these statistics know no signal fraction."""
        return self

    def simulate(self, toys: ToySet, progress: Progress) -> dict[str, Array]:
        """See `ToyMaker`: name -> (1, toys, grid)."""
        axis = np.empty((2, 1, toys.number, len(toys.grid)))
        rayleigh = np.empty_like(axis)
        for chunk in toys.chunks(progress):
            _run(
                toys,
                self.cosine,
                self.sine,
                self.weight,
                self.has_kappa,
                axis[:, 0, chunk],
                rayleigh[:, 0, chunk],
            )
        return by_name({AXIS: axis, RAYLEIGH: rayleigh}, WEIGHTED, self.has_kappa)


@njit(cache=True)
def _run(
    toys: ToySet,
    cosine: Array,
    sine: Array,
    weight: Array,
    has_kappa: bool,
    axis: Array,
    rayleigh: Array,
) -> None:
    """Fill `axis` and `rayleigh` (2, toys, grid); the leading axis is plain, weighted."""
    rng, grid = toys.rng, toys.grid
    for toy in range(axis.shape[1]):
        x_sum, y_sum, x_weighted, y_weighted, squared = 0.0, 0.0, 0.0, 0.0, 0.0
        row, w, place = 0, 1.0, 0
        for event in range(grid[-1]):
            signal = rng.random() < toys.signal_fraction
            if signal or has_kappa:
                row = int(rng.random() * len(cosine))
                w = weight[row]
            if signal:
                x, y = cosine[row], sine[row]
            else:
                angle = 2 * pi * rng.random()
                x, y = cos(angle), sin(angle)
            x_sum += x
            y_sum += y
            x_weighted += w * x
            y_weighted += w * y
            squared += w * w
            if event + 1 == grid[place]:
                n = event + 1
                axis[0, toy, place] = sqrt(2 / n) * x_sum
                axis[1, toy, place] = sqrt(2 / squared) * x_weighted
                rayleigh[0, toy, place] = (x_sum * x_sum + y_sum * y_sum) / n
                rayleigh[1, toy, place] = (
                    x_weighted * x_weighted + y_weighted * y_weighted
                ) / squared
                place += 1
