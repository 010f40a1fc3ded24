"""Coherent elastic scattering of neutrinos on nuclei (Freedman 1974, Phys. Rev. D 9, 1389).

Recoils of a nucleus of mass M with Z protons and N neutrons:

    dR/dT = flux G_F^2 / (4 pi) Q^2 M F^2(T) integral of s(E) (1 - M T / (2 E^2)) dE over E > E_min

with Q = N - (1 - 4 sin^2 theta_W) Z, s(E) the neutrinos' spectrum of unit area, F the Helm form
factor and E_min = sqrt(M T / 2), the least energy that makes a recoil of T (T << E << M).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.constants import physical_constants
from scipy.integrate import cumulative_trapezoid

from pipeline.physics.wimps import helm_form_factor_squared

Array = NDArray[np.float64]

FERMI_GEV2 = physical_constants["Fermi coupling constant"][0]
HBAR_C_GEV_CM = physical_constants["reduced Planck constant times c in MeV fm"][0] * 1e-16
ATOMIC_MASS_GEV = physical_constants["atomic mass constant energy equivalent in MeV"][0] * 1e-3
# At low momentum: Kumar et al. 2013, Ann. Rev. Nucl. Part. Sci. 63, 237.
SIN2_WEAK_ANGLE = 0.2387
# Shares of the atoms of natural xenon: Meija et al. 2016, Pure Appl. Chem. 88, 293.
XENON_ISOTOPES = {
    124: 0.00095,
    126: 0.00089,
    128: 0.01910,
    129: 0.26401,
    130: 0.04071,
    131: 0.21232,
    132: 0.26909,
    134: 0.10436,
    136: 0.08857,
}


def coherent_recoils(
    energy_keV: Array,
    neutrino_energy_MeV: Array,
    flux_per_MeV: Array,
    protons: int = 54,
    isotopes: Mapping[int, float] = XENON_ISOTOPES,
) -> Array:
    """Recoils [1/(s keV)] of one atom at energies [keV] above zero, shape (n,).

    Args:
        energy_keV: recoil energies.
        neutrino_energy_MeV: ascending grid, shape (m,), fine enough for linear interpolation.
        flux_per_MeV: neutrinos [1/(cm2 s MeV)] there.
        protons: those of the element.
        isotopes: share of atoms of each mass number.
    """
    neutrino = neutrino_energy_MeV
    above, above_by_square = (
        _integral_above(neutrino, density)
        for density in (flux_per_MeV, flux_per_MeV / np.maximum(neutrino, neutrino[1]) ** 2)
    )
    rate = np.zeros(len(energy_keV))
    for mass_number, share in isotopes.items():
        mass_GeV = mass_number * ATOMIC_MASS_GEV
        least = np.sqrt(mass_GeV * energy_keV / 2)  # [MeV], of GeV keV
        weak_charge = mass_number - protons - (1 - 4 * SIN2_WEAK_ANGLE) * protons
        scale = FERMI_GEV2**2 / (4 * np.pi) * weak_charge**2 * mass_GeV * HBAR_C_GEV_CM**2 * 1e-6
        seen = np.interp(least, neutrino, above)
        seen -= least**2 * np.interp(least, neutrino, above_by_square)
        rate += share * scale * helm_form_factor_squared(energy_keV, mass_number) * seen
    return rate


def _integral_above(x: Array, density: Array) -> Array:
    """Integral of a density from each x to the last."""
    below = cumulative_trapezoid(density, x, initial=0)
    return np.asarray(below[-1] - below)
