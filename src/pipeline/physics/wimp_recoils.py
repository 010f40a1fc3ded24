"""Nuclear recoils of WIMPs on the elements of a material, with their directions.

Spin-independent elastic scattering with the Helm form factor. Per kg of an element of mass number
A,

    d2R / dE dcos gamma = rho sigma_n A^2 (mu_A / mu_n)^2 F^2 / (2 m mu_A^2) f(v_min, cos gamma)

with the WIMP's mass m, its cross-section sigma_n on a nucleon, the reduced masses mu and
`Halo.angular_density` f. Without f, with the mean inverse speed, it is dR/dE of Lewin & Smith 1996,
Astropart. Phys. 6, 87. Energies are in keV, rates per kg and year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import c, day, physical_constants

from pipeline.physics.elements import ATOMIC_WEIGHTS
from pipeline.physics.halo import Halo
from pipeline.physics.wimps import helm_form_factor_squared

Array = NDArray[np.float64]

C_KM_S = c / 1e3
U_GEV = physical_constants["atomic mass constant energy equivalent in MeV"][0] / 1e3
NUCLEON_GEV = physical_constants["proton mass energy equivalent in MeV"][0] / 1e3
KG_GEV = 1e-6 * c**2 / physical_constants["electron volt"][0] / 1e3
YEAR_S = 365.25 * day


@dataclass(frozen=True)
class Wimp:
    """A WIMP; the cross-section is that on a nucleon."""

    mass_GeV: float
    cross_section_cm2: float


def highest_energy_keV(speed_km_s: ArrayLike, mass_GeV: float, atomic_weight: float) -> Array:
    """Highest recoil energy from WIMPs of a speed: 2 mu^2 v^2 / m_A."""
    nucleus = atomic_weight * U_GEV
    beta = np.asarray(speed_km_s, np.float64) / C_KM_S
    return 2 * _reduced(mass_GeV, nucleus) ** 2 * beta**2 / nucleus * 1e6


def minimum_speed_km_s(energy_keV: ArrayLike, mass_GeV: float, atomic_weight: float) -> Array:
    """v_min: lowest speed of a WIMP that can give a recoil of this energy."""
    nucleus = atomic_weight * U_GEV
    energy = np.asarray(energy_keV, np.float64) * 1e-6
    return np.sqrt(nucleus * energy / 2) / _reduced(mass_GeV, nucleus) * C_KM_S


def recoil_rate(energy_keV: Array, wimp: Wimp, atomic_weight: float, halo: Halo) -> Array:
    """dR/dE [1/(kg yr keV)] of an element at recoil energies [n] above zero."""
    v_min = minimum_speed_km_s(energy_keV, wimp.mass_GeV, atomic_weight)
    strength = _strength(energy_keV, wimp, atomic_weight, halo)
    return strength * halo.mean_inverse_speed(v_min)


def directional_rate(
    energy_keV: Array, cos_gamma: Array, wimp: Wimp, atomic_weight: float, halo: Halo
) -> Array:
    """d2R/dE dcos gamma [1/(kg yr keV)] at energies [n] above zero and cosines [m]; [n, m]."""
    v_min = minimum_speed_km_s(energy_keV, wimp.mass_GeV, atomic_weight)
    strength = _strength(energy_keV, wimp, atomic_weight, halo)
    return strength[:, None] * halo.angular_density(v_min[:, None], cos_gamma)


@dataclass(frozen=True)
class Recoils:
    """Recoils: places of their elements in the list, energies [keV], cosines of gamma; [n] each."""

    element: NDArray[np.int64]
    energy_keV: Array
    cos_gamma: Array


@dataclass(frozen=True)
class RecoilRates:
    """Rates of recoils of several elements in cells of the recoil energy.

    The edges of the cells [elements, cells + 1] are those of equal steps of v_min. `rate`
    [elements, cells] is in 1/(kg yr) of the whole material.
    """

    elements: tuple[str, ...]
    edges_keV: Array
    rate: Array
    mass_GeV: float
    halo: Halo

    @property
    def centre_keV(self) -> Array:
        """Middles of the cells, [elements, cells]."""
        return 0.5 * (self.edges_keV[:, 1:] + self.edges_keV[:, :-1])

    def selected(self, efficiency: Array) -> Self:
        """The recoils that are selected with the efficiency of each cell, [elements, cells]."""
        return replace(self, rate=self.rate * efficiency)

    def sample(self, rng: np.random.Generator, n: int) -> Recoils:
        """`n` random recoils.

        Raises:
            ValueError: all rates are zero.
        """
        cumulative = np.cumsum(self.rate)
        if not cumulative[-1] > 0:
            raise ValueError("no recoils to sample: all rates are zero")
        places = np.searchsorted(cumulative, rng.random(n) * cumulative[-1], side="right")
        element, cell = np.divmod(places, self.rate.shape[1])
        edges = self.edges_keV
        energy = rng.uniform(edges[element, cell], edges[element, cell + 1])
        v_min = np.empty(n)
        for place, name in enumerate(self.elements):
            own = element == place
            v_min[own] = minimum_speed_km_s(energy[own], self.mass_GeV, ATOMIC_WEIGHTS[name])
        return Recoils(element, energy, self.halo.sample_cosines(rng, v_min))


def wimp_recoils(
    wimp: Wimp, mass_fractions: Mapping[str, float], halo: Halo, cells: int = 2000
) -> RecoilRates:
    """Rates of all recoils on the elements of a material, given by their mass fractions.

    Raises:
        ValueError: an element is not in `ATOMIC_WEIGHTS`.
    """
    unknown = [name for name in mass_fractions if name not in ATOMIC_WEIGHTS]
    if unknown:
        raise ValueError(f"unknown element '{unknown[0]}'; elements: {', '.join(ATOMIC_WEIGHTS)}")
    speeds = np.linspace(0, halo.highest_speed_km_s, cells + 1)
    edges, rates = [], []
    for name, fraction in mass_fractions.items():
        edge = highest_energy_keV(speeds, wimp.mass_GeV, ATOMIC_WEIGHTS[name])
        centre = 0.5 * (edge[1:] + edge[:-1])
        rate = recoil_rate(centre, wimp, ATOMIC_WEIGHTS[name], halo)
        edges.append(edge)
        rates.append(fraction * rate * np.diff(edge))
    return RecoilRates(tuple(mass_fractions), np.array(edges), np.array(rates), wimp.mass_GeV, halo)


def _strength(energy_keV: Array, wimp: Wimp, atomic_weight: float, halo: Halo) -> Array:
    """dR/dE over the mean inverse speed [km / (s kg yr keV)]."""
    mass = wimp.mass_GeV
    to_nucleus, to_nucleon = _reduced(mass, atomic_weight * U_GEV), _reduced(mass, NUCLEON_GEV)
    cross_section_cm2 = wimp.cross_section_cm2 * (atomic_weight * to_nucleus / to_nucleon) ** 2
    strength = halo.density_GeV_cm3 * cross_section_cm2 / (2 * mass * to_nucleus**2)
    # From natural units to km/s, and from 1/(GeV GeV s) to 1/(kg keV yr).
    strength *= (C_KM_S * 1e5) ** 2 * 1e-5 * KG_GEV * 1e-6 * YEAR_S
    return strength * helm_form_factor_squared(energy_keV, atomic_weight)


def _reduced(first: float, second: float) -> float:
    return first * second / (first + second)
