"""Attainable angular resolution of electron tracks in gas: a straight fit to their start.

The angle between the initial direction and a straight fit to the first x of a track, projected onto
a plane that holds the direction, has the variance a^2 x from multiple scattering and b^2 / x^3 from
the smearing of the electrons. With S = 13.18 MeV, radiation length X0 and N electrons per length,
a = S / (gamma beta^2 m_e sqrt(3 X0)) and b = sqrt(12) smearing / sqrt(N). The sum is least at
x = 3^(1/4) sqrt(b / a). arXiv 2502.12387, constants fitted to Degrad; the start is known, and the
outer 2 % of the angles are left out.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

ELECTRON_MEV = 0.510998950
SCATTERING_MEV = 13.18
# He:CO2 70:30 at one atmosphere.
RADIATION_LENGTH_M = 606.0
DENSITY_ENERGIES_KEV = (30.0, 40.0, 50.0, 60.0, 70.0)
ELECTRONS_PER_M = (5526.0, 3994.0, 3081.0, 2639.0, 2247.0)

# Fits to tracks of Degrad, same source: energy [keV], width and its error [deg].
SIMULATED_SMEARING_UM = 466.0
SIMULATED = ((40.0, 16.7, 0.4), (50.0, 12.9, 0.3))


def least_width_deg(energy_keV: ArrayLike, smearing_um: ArrayLike) -> Array:
    """Least projected width [deg] in He:CO2 70:30 at 760 torr; NaN outside of 30 to 70 keV.

    >>> least_width_deg([40, 50], [443, 200]).round(1)
    array([15.1, 10.9])
    """
    energy = np.asarray(energy_keV, np.float64)
    density = np.exp(
        np.interp(
            np.log(energy),
            np.log(DENSITY_ENERGIES_KEV),
            np.log(ELECTRONS_PER_M),
            left=np.nan,
            right=np.nan,
        )
    )
    gamma = 1 + energy / 1e3 / ELECTRON_MEV
    a = SCATTERING_MEV / ((gamma - 1 / gamma) * ELECTRON_MEV * np.sqrt(3 * RADIATION_LENGTH_M))
    b = np.sqrt(12) * np.asarray(smearing_um, np.float64) * 1e-6 / np.sqrt(density)
    x = 3**0.25 * np.sqrt(b / a)
    width: Array = np.degrees(np.sqrt(a**2 * x + b**2 / x**3))
    return width
