"""Rate of the electrons that solar neutrinos scatter, and their angles, at a given recoil energy.

The electrons are free and at rest, and the cross section is that of the Standard Model at tree
level. At 40-50 keV the momentum of a bound electron of helium, carbon or oxygen is small compared
with 200 keV/c, the momentum of the recoil. Energies are in keV.
"""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import day

from pipeline.physics.angular_density import legendre_means

Array = NDArray[np.float64]

YEAR_S = 365.25 * day
ELECTRON_MASS_KEV = 510.99895
FINE_STRUCTURE = 1 / 137.035999
# 2 G_F^2 m_e^2 (hbar c)^2 / pi
CROSS_SECTION_CM2 = 8.806e-45
# MS-bar at the Z mass (PDG 2022). With this value, the tree level agrees within 3 % with the cross
# sections with radiative corrections (Bahcall, Kamionkowski & Sirlin 1995, Phys. Rev. D 51, 6146).
SIN2_WEAK = 0.2312
# NuFIT 5.2 (2022), normal ordering, www.nu-fit.org; Esteban et al. 2020, JHEP 09, 178.
SIN2_THETA12, SIN2_THETA13, DELTA_M21_EV2 = 0.303, 0.0222, 7.41e-5
# Electron density where pp neutrinos are produced, at about a tenth of the solar radius
# [mol/cm^3].
SOLAR_ELECTRONS_MOL_CM3 = 65.0
_ENERGIES_PER_SOURCE = 8000


@dataclass(frozen=True)
class BetaSource:
    """Neutrinos from a beta+ decay: total flux, end point and charge of the daughter nucleus."""

    flux_cm2_s: float
    endpoint_keV: float
    daughter_charge: int


@dataclass(frozen=True)
class LineSource:
    """Neutrinos from an electron capture: total flux and energy."""

    flux_cm2_s: float
    energy_keV: float


# Fluxes: model B16-GS98, Vinyoles et al. 2017, ApJ 835, 202, table 6.
# End points: pp Bahcall 1997, Phys. Rev. C 56, 3391 (with the Sun's thermal energy); hep and lines
# Bahcall 1989, Neutrino Astrophysics; CNO Q_EC - 2 m_e of AME2020 (Wang et al. 2021, CPC 45,
# 030003). 8B decays to a broad state of 8Be, taken at its centroid of 3.0 MeV; for recoils of 40-50
# keV, 8B and hep give less than 1e-4 of the rate. 7Be branches: Tilley et al. 2002, Nucl. Phys. A
# 708, 3.
SOURCES: dict[str, BetaSource | LineSource] = {
    "pp": BetaSource(5.98e10, 423.41, 1),
    "pep": LineSource(1.44e8, 1442.0),
    "hep": BetaSource(7.98e3, 18778.0, 2),
    "7Be ground": LineSource(4.93e9 * 0.8956, 861.8),
    "7Be excited": LineSource(4.93e9 * 0.1044, 384.3),
    "8B": BetaSource(5.46e6, 13900.0, 4),
    "13N": BetaSource(2.78e8, 1198.5, 6),
    "15O": BetaSource(2.05e8, 1732.2, 7),
    "17F": BetaSource(5.29e6, 1738.5, 8),
}


@dataclass(frozen=True)
class RecoilAngles:
    """Distribution of cos(alpha), alpha being the angle between recoil and neutrino.

    It is given by weighted points in ascending order of the cosine. cos(alpha) = 1 is a recoil that
    points away from the Sun.
    """

    energy_keV: float
    cosine: Array
    weight: Array

    @property
    def mean_cosine(self) -> float:
        return float(self.weight @ self.cosine)

    def quantiles(self, n: int) -> Array:
        """Quantiles of the cosine at the `n` probabilities (i + 1/2) / n."""
        return self._at((np.arange(n) + 0.5) / n)

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Cosines of `n` independent recoils."""
        return self._at(rng.random(n))

    def _at(self, levels: Array) -> Array:
        """Quantiles of the cosine at these probabilities."""
        places = np.searchsorted(self._cumulative, levels)
        return self.cosine[np.minimum(places, len(self.cosine) - 1)]

    def legendre(self, degree_max: int) -> Array:
        """Mean P_l(cos alpha) for l = 0..degree_max."""
        return legendre_means(self.cosine, self.weight, degree_max)

    @cached_property
    def _cumulative(self) -> Array:
        return np.cumsum(self.weight)


def recoil_angles(energy_keV: float) -> RecoilAngles:
    """Angles of electrons of kinetic energy `energy_keV` that solar neutrinos scatter.

    The weight of a neutrino energy is flux times d(sigma)/dT at T = `energy_keV`. At fixed T, the
    neutrino energy determines the angle.

    Raises:
        ValueError: the energy is not positive, or too high for solar neutrinos.
    """
    neutrino, weight = _scattering(energy_keV)
    cosine = recoil_cosine(neutrino, energy_keV)
    order = np.argsort(cosine)
    return RecoilAngles(energy_keV, cosine[order], weight[order] / weight.sum())


def recoil_rate(energy_keV: float) -> float:
    """Recoils of solar neutrinos at `energy_keV`, per electron, keV and year of 365.25 days.

    See `recoil_angles` for exceptions.
    """
    _, weight = _scattering(energy_keV)
    return float(weight.sum() * YEAR_S)


def recoil_cosine(neutrino_keV: ArrayLike, energy_keV: ArrayLike) -> Array:
    """cos(alpha) = (E + m) / E sqrt(T / (T + 2 m)), from energy and momentum conservation."""
    neutrino, recoil = np.asarray(neutrino_keV, float), np.asarray(energy_keV, float)
    speed = np.sqrt(recoil / (recoil + 2 * ELECTRON_MASS_KEV))
    return np.minimum((neutrino + ELECTRON_MASS_KEV) / neutrino * speed, 1.0)


def minimum_neutrino_energy(energy_keV: float) -> float:
    """Minimum neutrino energy [keV] for a recoil energy T: (T + sqrt(T (T + 2 m))) / 2."""
    return 0.5 * (energy_keV + sqrt(energy_keV * (energy_keV + 2 * ELECTRON_MASS_KEV)))


def cross_section(neutrino_keV: ArrayLike, energy_keV: ArrayLike, electron_flavour: bool) -> Array:
    """d(sigma)/dT [cm^2/keV] of neutrino-electron scattering; zero above the kinematic limit.

    't Hooft 1971, Phys. Lett. B 37, 195; Vogel & Engel 1989, Phys. Rev. D 39, 3378:
    2 G_F^2 m/pi [g_L^2 + g_R^2 (1 - T/E)^2 - g_L g_R m T/E^2], g_R = s^2 and g_L = s^2 + 1/2 for
    nu_e, s^2 - 1/2 for nu_mu and nu_tau.
    """
    neutrino, recoil = np.asarray(neutrino_keV, float), np.asarray(energy_keV, float)
    right = SIN2_WEAK
    left = SIN2_WEAK + (0.5 if electron_flavour else -0.5)
    shape = (
        left**2
        + right**2 * (1 - recoil / neutrino) ** 2
        - left * right * ELECTRON_MASS_KEV * recoil / neutrino**2
    )
    allowed = recoil <= neutrino / (1 + ELECTRON_MASS_KEV / (2 * neutrino))
    return np.where(allowed, CROSS_SECTION_CM2 / ELECTRON_MASS_KEV * shape, 0.0)


def survival_probability(neutrino_keV: ArrayLike) -> Array:
    """Probability that a solar neutrino arrives as nu_e, averaged over phases.

    Adiabatic MSW conversion, Parke 1986, Phys. Rev. Lett. 57, 1275, with theta_13 (PDG review of
    neutrino mixing): cos^4 t13 (1 + cos 2 t12 cos 2 t12') / 2 + sin^4 t13, t12' being the mixing
    angle in matter. All sources use the electron density of pp neutrinos, which give most recoils
    at 40-50 keV.
    """
    neutrino = np.asarray(neutrino_keV, float)
    cos2, sin2_squared = 1 - 2 * SIN2_THETA12, 4 * SIN2_THETA12 * (1 - SIN2_THETA12)
    # 2 sqrt(2) G_F n_e E = 1.526e-7 eV^2 * n_e [mol/cm^3] * E [MeV]
    matter = 1.526e-7 * SOLAR_ELECTRONS_MOL_CM3 * neutrino * 1e-3 * (1 - SIN2_THETA13)
    shifted = cos2 - matter / DELTA_M21_EV2
    cos2_matter = shifted / np.sqrt(shifted**2 + sin2_squared)
    return (1 - SIN2_THETA13) ** 2 * 0.5 * (1 + cos2 * cos2_matter) + SIN2_THETA13**2


def solar_cross_section(neutrino_keV: ArrayLike, energy_keV: ArrayLike) -> Array:
    """d(sigma)/dT [cm^2/keV] of a solar neutrino, averaged over its flavours on arrival."""
    survival = survival_probability(neutrino_keV)
    return survival * cross_section(neutrino_keV, energy_keV, True) + (
        1 - survival
    ) * cross_section(neutrino_keV, energy_keV, False)


def beta_spectrum(neutrino_keV: ArrayLike, source: BetaSource) -> Array:
    """Shape of an allowed beta+ neutrino spectrum, not normalised; zero above the end point.

    The shape is E^2 p W F with W = endpoint + m - E and the Coulomb factor F = x / (1 - exp(-x)),
    x = -2 pi alpha Z W / p, which accounts for the repulsion of the positron (Bahcall 1989,
    Neutrino Astrophysics, chapter 6; the non-relativistic form is accurate to better than 1 % for
    these light nuclei).
    """
    neutrino = np.asarray(neutrino_keV, float)
    kinetic = np.clip(source.endpoint_keV - neutrino, 0.0, None)
    total = kinetic + ELECTRON_MASS_KEV
    momentum = np.sqrt(kinetic * (kinetic + 2 * ELECTRON_MASS_KEV))
    strength = 2 * np.pi * FINE_STRUCTURE * source.daughter_charge * total
    # Written as p F = strength / (exp(strength / p) - 1), there is no 0/0 at the end point.
    with np.errstate(divide="ignore", over="ignore"):
        momentum_times_fermi = strength / np.expm1(strength / momentum)
    return neutrino**2 * total * momentum_times_fermi


def _scattering(energy_keV: float) -> tuple[Array, Array]:
    """Neutrino energies [keV], and flux times d(sigma)/dT [1/(keV s)] of each."""
    if not energy_keV > 0:
        raise ValueError(f"recoil energy must be positive, got {energy_keV} keV")
    lowest = minimum_neutrino_energy(energy_keV)
    energies, fluxes = [], []
    for source in SOURCES.values():
        energy, flux = _flux_points(source, lowest)
        energies.append(energy)
        fluxes.append(flux)
    neutrino = np.concatenate(energies)
    if not len(neutrino):
        raise ValueError(
            f"no solar neutrino can give a recoil of {energy_keV} keV; choose a lower energy"
        )
    return neutrino, np.concatenate(fluxes) * solar_cross_section(neutrino, energy_keV)


def _flux_points(source: BetaSource | LineSource, lowest_keV: float) -> tuple[Array, Array]:
    """Energies [keV] above `lowest_keV` and the flux [1/(cm2 s)] at each (midpoint rule)."""
    if isinstance(source, LineSource):
        energies = np.array([source.energy_keV])
        keep = energies > lowest_keV
        return energies[keep], np.full(int(keep.sum()), source.flux_cm2_s)
    if source.endpoint_keV <= lowest_keV:
        return np.empty(0), np.empty(0)
    everywhere, step = _midpoints(0.0, source.endpoint_keV)
    normalisation = beta_spectrum(everywhere, source).sum() * step
    energies, step = _midpoints(lowest_keV, source.endpoint_keV)
    return energies, source.flux_cm2_s / normalisation * step * beta_spectrum(energies, source)


def _midpoints(low: float, high: float) -> tuple[Array, float]:
    step = (high - low) / _ENERGIES_PER_SOURCE
    return low + step * (np.arange(_ENERGIES_PER_SOURCE, dtype=np.float64) + 0.5), step
