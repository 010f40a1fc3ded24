"""Coherent scattering of neutrinos: closed forms, and 8B in xenon."""

import numpy as np
import pytest
from scipy.constants import Avogadro

from pipeline.physics.boron8 import boron8_neutrinos
from pipeline.physics.coherent_scattering import (
    ATOMIC_MASS_GEV,
    FERMI_GEV2,
    HBAR_C_GEV_CM,
    SIN2_WEAK_ANGLE,
    coherent_recoils,
)
from pipeline.physics.wimps import helm_form_factor_squared

ARGON = {"protons": 18, "isotopes": {40: 1.0}}


def line(energy_MeV):
    """A narrow line of unit flux."""
    neutrino = np.linspace(0, energy_MeV + 0.01, 20001)
    density = np.exp(-0.5 * ((neutrino - energy_MeV) / 0.002) ** 2)
    return neutrino, density / np.trapezoid(density, neutrino)


def test_neutrinos_of_one_energy_have_the_textbook_cross_section():
    """G_F^2 Q^2 E^2 / (4 pi) in all without form factor; a straight line that ends at 2 E^2 / M."""
    energy_MeV = 8.0
    mass_GeV = 40 * ATOMIC_MASS_GEV
    end = 2 * energy_MeV**2 / mass_GeV
    recoil = np.linspace(1e-4, 1.05 * end, 2001)
    rate = coherent_recoils(recoil, *line(energy_MeV), **ARGON)
    pointlike = rate / helm_form_factor_squared(recoil, 40)
    charge = 22 - (1 - 4 * SIN2_WEAK_ANGLE) * 18
    total = (FERMI_GEV2 * charge * energy_MeV * 1e-3 * HBAR_C_GEV_CM) ** 2 / (4 * np.pi)
    assert np.trapezoid(pointlike, recoil) == pytest.approx(total, rel=2e-3)
    inside = recoil < 0.98 * end
    straight = 2 * total / end * (1 - recoil / end)
    assert pointlike[inside] == pytest.approx(straight[inside], rel=5e-3, abs=2e-3 * straight[0])
    assert not pointlike[recoil > 1.01 * end].any()


def test_boron8_has_its_mean_energy_and_unit_area():
    energy, density = boron8_neutrinos()
    assert np.trapezoid(density, energy) == pytest.approx(1)
    assert np.trapezoid(density * energy, energy) == pytest.approx(6.735, abs=0.001)


@pytest.mark.parametrize(("threshold", "expected"), [(1, 95.8), (2, 4.78), (3, 0.0329)])
def test_boron8_in_xenon(threshold, expected):
    """Events per t yr above a threshold, of a sum over all neutrinos and recoils."""
    energy, density = boron8_neutrinos()
    recoil = np.linspace(threshold, 5, 2001)
    rate = coherent_recoils(recoil, energy, 5.46e6 * density)
    events = np.trapezoid(rate, recoil) * 365.25 * 86400 * 1e6 / 131.293 * Avogadro
    assert events == pytest.approx(expected, rel=3e-3)
