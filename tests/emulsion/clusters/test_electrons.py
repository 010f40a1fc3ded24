"""Slow electrons: energies, stopping, scattering and where they deposit energy."""

import numpy as np
import pytest

from pipeline.emulsion.clusters.electrons import (
    elastic_per_nm,
    electron_energies,
    electron_hits,
    electron_tables,
    end_probability,
    stopping_keV_per_nm,
)
from pipeline.emulsion.clusters.filaments import isotropic
from pipeline.emulsion.clusters.media import CRYSTAL, Medium

WATER = Medium(np.array([1.0, 8.0]), np.array([1.008, 15.999]), np.array([2 / 3, 1 / 3]), 1.0)


@pytest.mark.parametrize(("source", "deltas"), [("Co60", 33), ("Cs137", 14)])
def test_one_slow_electron_in_many_is_the_end_of_a_compton_electron(source, deltas):
    assert 1 / end_probability(source, 0.5, 10.0) == pytest.approx(deltas, rel=0.03)


def test_delta_rays_follow_the_inverse_square(rng):
    energy = electron_energies(0.25, 0.5, 10.0, 100_000, rng)
    assert np.mean(energy == 10) == pytest.approx(0.25, abs=0.006)
    deltas = energy[energy < 10]
    assert deltas.min() >= 0.5
    for above in (1.0, 3.0):
        expected = (1 / above - 1 / 10) / (1 / 0.5 - 1 / 10)
        assert np.mean(deltas > above) == pytest.approx(expected, abs=0.008)


@pytest.mark.parametrize(("energy_keV", "mev_cm2_per_g"), [(10, 22.56), (20, 13.17)])
def test_stopping_in_water_is_that_of_estar(energy_keV, mev_cm2_per_g):
    # NIST, ESTAR: collision stopping power of liquid water.
    per_nm = stopping_keV_per_nm(WATER, np.array([float(energy_keV)]))
    assert float(per_nm[0]) * 1e4 == pytest.approx(mev_cm2_per_g, rel=0.03)


def test_scattering_in_silver_bromide_by_hand():
    # Silver at 1 keV.
    alpha = 3.4e-3 * 47**0.67
    cm2 = 5.21e-21 * 47**2 * 4 * np.pi / (alpha * (1 + alpha)) * (511.999 / 1022.998) ** 2
    silver = elastic_per_nm(CRYSTAL, np.array([1.0]))[0, 0]
    assert silver / (CRYSTAL.atoms_per_nm3 * CRYSTAL.fractions[0]) == pytest.approx(
        cm2 * 1e14, rel=2e-3
    )


def test_all_energy_goes_into_a_crystal_without_end(packing, rng):
    everywhere = packing._replace(voxels=np.zeros_like(packing.voxels))
    energies = electron_energies(0.5, 0.5, 10.0, 100, rng)
    hits = electron_hits(everywhere, rng.random((100, 3)), isotropic(100, rng), energies, rng)
    total = np.add.reduceat(hits.energies, hits.offsets[:-1])
    np.testing.assert_allclose(total, energies)


def test_electrons_share_their_energy_between_crystals_and_gelatin(packing, rng):
    n = 500
    starts, energies = rng.random((n, 3)) * 1000, np.full(n, 10.0)
    hits = electron_hits(packing, starts, isotropic(n, rng), energies, rng)
    tables = electron_tables()
    gelatin, crystal = tables.stopping[len(tables.stopping) // 2]
    expected = 0.43 * crystal / (0.43 * crystal + 0.57 * gelatin)
    assert hits.energies.sum() / energies.sum() == pytest.approx(expected, abs=0.08)
    assert np.diff(hits.offsets).max() > 3
