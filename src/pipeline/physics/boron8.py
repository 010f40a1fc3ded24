"""Energy spectrum of the Sun's 8B neutrinos.

The decay's final state is broad, which gives the spectrum another shape than an allowed beta decay.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Array = NDArray[np.float64]

STEP_MEV = 0.5
# [1/MeV] at multiples of the step, from the data of O'Hare 2021 (arXiv 2109.03116). Their mean is
# 6.735 MeV. The broad state was measured by Winter et al. 2006 (Phys. Rev. C 73, 025503).
DENSITY = (
    *(0, 0.003777, 0.01302, 0.02584, 0.04073, 0.05651, 0.07221, 0.08704, 0.1004, 0.1117, 0.1208),
    *(0.1273, 0.1311, 0.1322, 0.1306, 0.1264, 0.1200, 0.1115, 0.1013, 0.08973, 0.07732, 0.06447),
    *(0.05167, 0.03943, 0.02825, 0.01855, 0.01074, 0.005136, 0.001844, 0.0004778, 9.615e-5),
    *(1.352e-5, 9e-7, 0),
)


def boron8_neutrinos(points: int = 3301) -> tuple[Array, Array]:
    """Neutrino energies [MeV] and the density [1/MeV] of unit area there, both (points,)."""
    table = STEP_MEV * np.arange(len(DENSITY))
    energy = np.linspace(0, table[-1], points)
    density = np.clip(CubicSpline(table, DENSITY)(energy), 0, None)
    return energy, density / np.trapezoid(density, energy)
