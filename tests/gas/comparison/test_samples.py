"""Which events weigh what, and which are held out."""

import numpy as np
import pytest

from pipeline.gas.comparison.samples import balance, held_out_views
from pipeline.gas.config.comparison import VoxelClassifier
from pipeline.gas.config.voxels import Grid

GRID = Grid(bins=40, voxel_um=1000.0)


def test_both_samples_weigh_the_same_at_every_energy():
    rng = np.random.default_rng(1)
    simulated = rng.random(3000) < 0.8
    # Mostly 40 keV if simulated, mostly 50 keV if not, and one energy that only one sample has.
    energy = np.where(rng.random(3000) < np.where(simulated, 0.7, 0.2), 40, 50).astype(np.float32)
    energy[simulated & (rng.random(3000) < 0.1)] = 60
    weight = balance(energy, simulated).of(energy, simulated)
    for keV in (40, 50):
        at = energy == keV
        assert weight[at & simulated].sum() == pytest.approx(weight[at & ~simulated].sum())
        assert weight[at].mean() == pytest.approx(1)
    assert not weight[energy == 60].any()


def test_energies_beyond_all_known_ones_weigh_nothing():
    known = balance(np.float32([40, 40]), np.array([True, False]))
    assert known.of(np.float32([30, 40, 70]), np.array([True] * 3)).tolist() == [0, 1, 0]


def test_samples_need_an_energy_in_common():
    with pytest.raises(ValueError, match=r"\[50\.0\] keV .* \[40\.0\] keV; they need an energy"):
        balance(np.float32([40, 50]), np.array([False, True]))


def test_held_out_tracks_are_shared_out_by_their_fractions(lines):
    path = lines("made", {40.0: 10.0}, 2000, seed=1)
    settings = VoxelClassifier(
        widths=[4, 4, 4], smearing_um=300, validation_fraction=0.1, test_fraction=0.3
    )
    validation, test = held_out_views([path], GRID, settings, seed=1)
    assert len(validation) == pytest.approx(200, abs=4 * np.sqrt(2000 * 0.1 * 0.9))
    assert len(test) == pytest.approx(600, abs=4 * np.sqrt(2000 * 0.3 * 0.7))
    assert not set(validation.event_id) & set(test.event_id)
