"""Atoms of the emulsion: as a homogeneous mixture, and as gelatin and crystals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.emulsion.elements import (
    CRYSTAL_G_PER_CM3,
    ELEMENTS,
    GELATIN_G_PER_CM3,
    IN_CRYSTALS,
    NIT,
    NIT_G_PER_CM3,
)

DALTONS_PER_NM3 = 602.214  # in 1 g/cm3


@dataclass(frozen=True)
class Medium:
    """A homogeneous mixture of atoms."""

    numbers: NDArray[np.float64]  # atomic numbers [n]
    weights: NDArray[np.float64]  # atomic weights [n]
    fractions: NDArray[np.float64]  # atomic fractions [n]
    g_per_cm3: float

    @property
    def atoms_per_nm3(self) -> float:
        """Number density of atoms."""
        return self.g_per_cm3 * DALTONS_PER_NM3 / float(self.fractions @ self.weights)


def _medium(composition: dict[str, float], g_per_cm3: float) -> Medium:
    numbers, weights = np.array([ELEMENTS[symbol] for symbol in composition], float).T
    fractions = np.array(list(composition.values()))
    return Medium(numbers, weights, fractions / fractions.sum(), g_per_cm3)


MIXTURE = _medium(NIT, NIT_G_PER_CM3)
GELATIN = _medium({k: f for k, f in NIT.items() if k not in IN_CRYSTALS}, GELATIN_G_PER_CM3)
CRYSTAL = _medium({k: NIT[k] for k in IN_CRYSTALS}, CRYSTAL_G_PER_CM3)
