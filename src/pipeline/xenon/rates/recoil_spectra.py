"""Recoil spectra of backgrounds in liquid xenon, before any detector effects.

Every function takes recoil energies [keV], shape (n,), and returns dR/dE [1/(t yr keV)] in natural
xenon. The spectrum of WIMPs is in `physics.wimps`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

import numpy as np
from numpy.polynomial.polynomial import polyval
from numpy.typing import NDArray
from scipy.constants import Avogadro

from pipeline.physics.boron8 import boron8_neutrinos
from pipeline.physics.coherent_scattering import coherent_recoils
from pipeline.physics.solar_neutrinos import (
    ELECTRON_MASS_KEV,
    SOURCES,
    YEAR_S,
    BetaSource,
    LineSource,
    beta_spectrum,
    solar_cross_section,
)

Array = NDArray[np.float64]
Spectrum = Callable[[Array], Array]

# Binding energy [keV] and number of electrons of xenon's subshells K, L1, ..., O2,3: X-ray Data
# Booklet (LBNL/PUB-490), table 1-1; those of the outermost electrons do not matter here.
SHELLS = (
    (34.561, 2),
    (5.453, 2),
    (5.107, 2),
    (4.786, 4),
    (1.1487, 2),
    (1.0021, 2),
    (0.9406, 4),
    (0.689, 4),
    (0.6764, 6),
    (0.2132, 2),
    (0.1467, 2),
    (0.1455, 4),
    (0.0695, 4),
    (0.0675, 6),
    (0.0233, 2),
    (0.0134, 6),
)
XENON_ATOMS_PER_T = 1e6 / 131.293 * Avogadro
# 136Xe: Redshaw et al. 2007, Phys. Rev. Lett. 98, 053003.
XE136_Q_KEV = 2457.83


def solar_neutrinos(
    energy_keV: Array, names: Sequence[str], binding: Literal["steps", "none"] = "steps"
) -> Array:
    """Recoils of electrons from solar neutrinos of the sources `names` in `SOURCES`.

    Scattered electrons are free and at rest; with steps they are those that the energy can set
    free, 44 at 2 to 4 keV and 52 at 6 to 34 keV. An ab-initio calculation has some 25 % less than
    all 54 below 5 keV (Chen et al. 2017, Phys. Lett. B 774, 656).
    """
    rate = np.zeros(len(energy_keV))
    for name in names:
        neutrino, flux = _fluxes(SOURCES[name])
        rate += flux @ solar_cross_section(neutrino[:, None], energy_keV)
    bound_by, electrons = np.array(SHELLS).T
    freed = (energy_keV[:, None] >= bound_by) | (binding == "none")
    return rate * (freed @ electrons) * XENON_ATOMS_PER_T * YEAR_S


def double_beta_decay(energy_keV: Array, half_life_yr: float, abundance: float) -> Array:
    """Sum of the electron energies in the two-neutrino double beta decay of 136Xe.

    Shape from Primakoff & Rosen 1959, Rep. Prog. Phys. 22, 121, in units of the electron mass:
    K (Q - K)^5 (1 + 2 K + 4 K^2 / 3 + K^3 / 3 + K^4 / 30).
    """

    def shape(energy: Array) -> Array:
        kinetic, end = energy / ELECTRON_MASS_KEV, XE136_Q_KEV / ELECTRON_MASS_KEV
        series = polyval(kinetic, [1, 2, 4 / 3, 1 / 3, 1 / 30])
        return np.asarray(kinetic * np.clip(end - kinetic, 0, None) ** 5 * series)

    decays = XENON_ATOMS_PER_T * abundance * np.log(2) / half_life_yr
    return decays * shape(energy_keV) / _integral(shape, 0, XE136_Q_KEV)


def boron8(energy_keV: Array, rate_above_1keV: float) -> Array:
    """Nuclear recoils of 8B neutrinos, scaled to `rate_above_1keV` [1/(t yr)].

    Coherent scattering of the tabulated spectrum. NEST's cubic fit (TestSpectra::B8_spectrum) has
    the same shape within 4 % up to 3 keV.
    """
    return (
        rate_above_1keV * coherent_recoils(energy_keV, *boron8_neutrinos()) / _boron8_above_1keV()
    )


@cache
def _boron8_above_1keV() -> float:
    return _integral(lambda energy: coherent_recoils(energy, *boron8_neutrinos()), 1, 5)


def atmospheric_neutrinos(energy_keV: Array, rate: float) -> Array:
    """Nuclear recoils of atmospheric neutrinos, scaled to `rate` [1/(t yr)] over all energies.

    Shape: NEST's fit (TestSpectra::atmNu_spectrum), up to 85 keV.
    """

    def shape(energy: Array) -> Array:
        cubic = polyval(energy, [1, 0.0041482, 0.00079972, -1.0201e-5])
        return np.asarray(cubic * np.exp(-energy / 12.355) * (energy <= 85))

    return rate * shape(energy_keV) / _integral(shape, 0, 85)


def _fluxes(source: BetaSource | LineSource) -> tuple[Array, Array]:
    """Neutrino energies [keV] and the flux [1/(cm2 s)] at each (midpoint rule)."""
    if isinstance(source, LineSource):
        return np.array([source.energy_keV]), np.array([source.flux_cm2_s])
    energies = midpoints(0, source.endpoint_keV)
    shape = beta_spectrum(energies, source)
    return energies, source.flux_cm2_s * shape / shape.sum()


def _integral(shape: Spectrum, low: float, high: float) -> float:
    return float(shape(midpoints(low, high)).mean() * (high - low))


def midpoints(low: float, high: float, steps: int = 4000) -> Array:
    """Midpoints of `steps` equal intervals from `low` to `high`."""
    return low + (high - low) / steps * (np.arange(steps, dtype=np.float64) + 0.5)
