"""Ions: stopping, lengths and where they deposit energy."""

import numpy as np
import pytest

from pipeline.emulsion.clusters import ions
from pipeline.emulsion.clusters.ions import (
    electronic_stopping,
    homogeneous,
    ion_hits,
    ion_path,
    two_phases,
)
from pipeline.emulsion.clusters.media import CRYSTAL, GELATIN, MIXTURE
from pipeline.emulsion.clusters.zbl import E2_KEV_NM, reduced_stopping, screening_nm
from pipeline.emulsion.elements import ELEMENTS


def test_atoms_of_the_emulsion():
    assert MIXTURE.atoms_per_nm3 == pytest.approx(81.4, rel=0.002)
    assert MIXTURE.atoms_per_nm3 ** (-1 / 3) == pytest.approx(0.2307, rel=0.001)
    # Crystals that fill 43 % of the volume, and gelatin.
    both = 0.43 * CRYSTAL.atoms_per_nm3 + 0.57 * GELATIN.atoms_per_nm3
    assert both == pytest.approx(MIXTURE.atoms_per_nm3, rel=0.02)


def test_electronic_stopping_of_carbon_in_carbon_is_that_of_lindhard():
    # In reduced units d(epsilon)/d(rho) = k sqrt(epsilon), k = 0.127 for an atom in its own kind
    # with A = 2 Z (0.133 Z^(2/3) A^(-1/2)), with Lindhard's screening length 0.8853 a0/(sqrt(2)
    # Z^(1/3)).
    number, weight = 6, 12.011
    a = 0.8853 * 0.0529177 / (np.sqrt(2) * number ** (1 / 3))
    epsilon_per_keV = a / (2 * number**2 * E2_KEV_NM)
    # rho = N x 4 pi a^2 M1 M2/(M1 + M2)^2
    rho_nm2 = np.pi * a**2
    stopping = float(electronic_stopping(number, weight, np.array([6.0]))[0])
    k = stopping * np.sqrt(epsilon_per_keV) / rho_nm2
    assert k == pytest.approx(0.133 * 6 ** (2 / 3) / np.sqrt(12.011), rel=0.01)


@pytest.mark.parametrize(("ion", "energy_keV"), [("C", 1), ("C", 30), ("C", 100), ("Br", 50)])
def test_the_mean_energy_transfer_is_the_nuclear_stopping(ion, energy_keV):
    tables = homogeneous(ion)
    number, weight = ELEMENTS[ion]
    u = (np.arange(5000) + 0.5) / 5000
    mean, expected = [], []
    for t, (z, a) in enumerate(zip(MIXTURE.numbers, MIXTURE.weights, strict=True)):
        ln_epsilon = np.log(energy_keV) + tables.ln_epsilon[0, t]
        root_impact = tables.root_impact[0, t] * u**0.25
        half = [ions._interpolate(tables.scattering, ln_epsilon, b) for b in root_impact]
        largest = energy_keV * 4 * weight * a / (weight + a) ** 2
        mean.append(energy_keV * tables.transfer[0, t] * np.mean(half))
        # Of an atom S_n = pi a^2 T_max s_n/epsilon; one collision in an area of N^(-2/3).
        length = float(screening_nm(number, z))
        epsilon = energy_keV * a / (weight + a) * length / (number * z * E2_KEV_NM)
        reduced = float(reduced_stopping(epsilon)) / epsilon
        expected.append(np.pi * length**2 * largest * reduced / tables.step_nm[0] ** 2)
    assert MIXTURE.fractions @ mean == pytest.approx(MIXTURE.fractions @ expected, rel=0.05)


@pytest.mark.parametrize(("energy_keV", "length_nm"), [(30, 115), (60, 220), (100, 345)])
def test_carbon_is_as_long_as_in_srim(energy_keV, length_nm, packing, rng):
    tables = homogeneous("C")
    lengths = []
    for _ in range(300):
        path = ion_path(tables, packing, energy_keV, rng)[::4]
        end = path[np.argmax(np.sum((path - path[0]) ** 2, axis=1))]
        lengths.append(np.sqrt(np.sum((path - end) ** 2, axis=1).max()))
    assert np.mean(lengths) == pytest.approx(length_nm, rel=0.1)


def test_a_crystal_without_end_takes_the_electronic_loss(packing, rng):
    everywhere = packing._replace(voxels=np.zeros_like(packing.voxels))
    starts, directions = np.full((200, 3), 500.0), np.tile([0.0, 0.0, 1.0], (200, 1))
    hits = ion_hits(homogeneous("C"), everywhere, starts, directions, 100.0, rng)
    share = hits.energies.sum() / 200 / 100
    # Lindhard, Scharff and Schiott: most of the energy of 100 keV carbon goes to electrons.
    assert 0.6 < share < 0.85
    slow = ion_hits(homogeneous("Br"), everywhere, starts, directions, 100.0, rng)
    assert slow.energies.sum() < 0.5 * hits.energies.sum()


def test_two_phases_together_stop_like_the_mixture():
    tables = two_phases("C")
    gelatin, crystal = tables.loss / tables.step_nm
    assert crystal > gelatin
    (mixture,) = homogeneous("C").loss / homogeneous("C").step_nm
    assert 0.43 * crystal + 0.57 * gelatin == pytest.approx(mixture, rel=0.03)
