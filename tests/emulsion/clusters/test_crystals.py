"""Packing of crystals and look-up of the crystal at a point."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pipeline.emulsion.clusters import crystals
from pipeline.emulsion.clusters.crystals import BOX_NM, OVERLAP_NM, crystal_at, deposit, pack
from pipeline.emulsion.config.detector import Crystals


def test_crystals_fill_43_percent(packing):
    assert len(packing.radii) == 2107
    assert 2 * packing.radii.mean() == pytest.approx(72.3, rel=0.01)
    assert 2 * packing.radii.std() == pytest.approx(7.0, rel=0.1)
    volume = np.sum(4 / 3 * np.pi * packing.radii**3) / BOX_NM**3
    assert volume == pytest.approx(0.43, abs=0.01)
    assert np.mean(packing.voxels >= 0) == pytest.approx(volume, rel=0.01)


def test_crystals_do_not_overlap(packing):
    tree = cKDTree(packing.centres, boxsize=BOX_NM)
    pairs = tree.query_pairs(2 * packing.radii.max(), output_type="ndarray")
    apart = packing.centres[pairs[:, 0]] - packing.centres[pairs[:, 1]]
    apart -= BOX_NM * np.round(apart / BOX_NM)
    gap = np.linalg.norm(apart, axis=1) - packing.radii[pairs].sum(axis=1)
    assert gap.min() > -OVERLAP_NM * 1.001
    assert len(pairs) > 2107


def test_a_point_is_in_the_crystal_around_it_in_every_copy_of_the_box(packing, rng):
    for point in rng.uniform(-BOX_NM, 2 * BOX_NM, (2000, 3)):
        apart = point - packing.centres
        apart -= BOX_NM * np.round(apart / BOX_NM)
        depth = packing.radii - np.linalg.norm(apart, axis=1)
        if abs(depth.max()) > 5:  # farther from a surface than a voxel's diagonal reaches
            expected = depth.argmax() if depth.max() > 0 else -1
            assert crystal_at(packing.voxels, *point) == expected


def test_energies_add_up_within_a_crystal_and_not_between_copies_of_the_box(packing):
    hits = np.empty((10, 5))
    place = packing.centres[3] + 1
    last = deposit(packing, 3, *place, 2.0, hits, 0, 0)
    last = deposit(packing, 5, *packing.centres[5], 4.0, hits, 0, last)
    last = deposit(packing, 3, *place, 1.0, hits, 0, last)
    last = deposit(packing, 3, *(place + np.array([BOX_NM, 0, 0])), 0.5, hits, 0, last)
    assert last == 3
    assert hits[:3, 4].tolist() == [3.0, 4.0, 0.5]
    np.testing.assert_allclose(hits[0, 1:4], packing.centres[3])
    np.testing.assert_allclose(hits[2, 1:4], packing.centres[3] + [BOX_NM, 0, 0])


def test_the_packing_follows_the_seed():
    few = Crystals(per_um3=100)
    first, again, other = (pack(few, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.centres, again.centres)
    assert not np.array_equal(first.centres, other.centres)


def test_a_packing_that_does_not_converge_is_an_error(monkeypatch, rng):
    monkeypatch.setattr(crystals, "MAX_ROUNDS", 1)
    with pytest.raises(ValueError, match="fill 43% of the volume could not be packed in 1 rounds"):
        pack(Crystals(), rng)
