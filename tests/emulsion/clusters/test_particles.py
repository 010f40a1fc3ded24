"""Where particles start and where they go."""

import numpy as np
import pytest

from pipeline.emulsion.clusters.crystals import crystal_at
from pipeline.emulsion.clusters.particles import _points, particles
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import read_sample

DETECTOR = Detector()


def made(packing, rng, n=2000, **keys):
    return particles(read_sample({"clusters": 1, **keys}), DETECTOR, packing, n, rng)


@pytest.mark.parametrize("in_crystals", [True, False])
def test_nuclei_are_in_their_phase(packing, rng, in_crystals):
    points = _points(packing, in_crystals, 1000, rng)
    inside = [crystal_at(packing.voxels, *point) >= 0 for point in points]
    assert set(inside) == {in_crystals}
    np.testing.assert_allclose(points.mean(axis=0), 500, atol=40)


def any_grain(found):
    return np.mean(np.diff(found.grains.offsets) > 0)


def test_recoils_of_bromine_start_in_crystals_and_those_of_carbon_do_not(packing, rng):
    ion = {"kind": "ion", "energy_keV": 40}
    bromine, beam, carbon, passing = (
        any_grain(made(packing, rng, **ion, ion=symbol, start=start))
        for symbol in ("Br", "C")
        for start in ("recoil", "beam")
    )
    assert bromine > beam + 0.2
    assert carbon < passing


def test_directions_are_isotropic_without_a_beam(packing, rng):
    for block in ({"kind": "ion", "energy_keV": 1}, {"kind": "gamma", "source": "Co60"}):
        directions = made(packing, rng, **block).directions
        np.testing.assert_allclose(directions.mean(axis=0), 0, atol=0.06)
        np.testing.assert_allclose((directions**2).mean(axis=0), 1 / 3, atol=0.03)


def test_fog_is_a_single_grain(packing, rng):
    found = made(packing, rng, kind="fog", n=50)
    assert np.diff(found.grains.offsets).tolist() == [1] * 50
    assert set(found.grains.filaments) == {1}
    assert np.isnan(found.energies_keV).all()


def test_electrons_develop_few_crystals(packing, rng):
    ends = any_grain(made(packing, rng, kind="gamma", source="Co60", p_end=1))
    deltas = any_grain(made(packing, rng, kind="gamma", source="Co60", p_end=0))
    assert ends > 0.5
    assert deltas < 0.2
