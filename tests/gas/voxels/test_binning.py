"""Smearing, rotation, centring and binning, checked against what was put in."""

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.voxels.binning import bin_tracks, radix_sorted, random_rotations
from pipeline.gas.voxels.shards import voxel_centres

GRID = Grid()
HALF_UM = 30_000


def width(sigma_um):
    return Smearing(low_um=sigma_um, high_um=sigma_um)


def blob(electrons, seed=0, sigma_um=5_000.0):
    return np.random.default_rng(seed).normal(0, sigma_um, (electrons, 3))


def binned(batch, smearing, grid=GRID, seed=1):
    return bin_tracks(batch, "made", grid, smearing, np.random.default_rng(seed))


def events(batch, grid=GRID):
    """Voxel centres [n, 3] and counts [n] of each event."""
    centres = voxel_centres(batch.voxels, grid.bins).astype(float)
    cuts = batch.offsets[1:-1]
    return list(zip(np.split(centres, cuts), np.split(batch.counts, cuts), strict=True))


def test_every_electron_is_counted_once(tracks):
    sizes = [1, 700, 3, 1200, 50]
    batch, kept = binned(tracks([blob(n, n) for n in sizes]), width(443))
    assert kept.all()
    assert [counts.sum() for _, counts in events(batch)] == sizes


def test_voxels_of_an_event_are_sorted_and_distinct(tracks):
    batch, _ = binned(tracks([blob(500, seed) for seed in range(5)]), width(443))
    for first, last in zip(batch.offsets[:-1], batch.offsets[1:], strict=True):
        assert (np.diff(batch.voxels[first:last]) > 0).all()


def test_counts_are_those_of_a_histogram(tracks):
    """Without smearing the rotated, centred electrons can be binned by numpy."""
    positions = blob(2_000).astype(np.float32)
    batch, _ = binned(tracks([positions]), width(0))
    rng = np.random.default_rng(1)
    rng.uniform(0, 0, 1)  # the smearing is drawn first
    turned = positions.astype(float) @ random_rotations(1, rng)[0].T
    edges = np.linspace(-HALF_UM, HALF_UM, GRID.bins + 1)
    histogram, _ = np.histogramdd(turned - turned.mean(axis=0), bins=[edges] * 3)
    np.testing.assert_array_equal(batch.voxels, np.flatnonzero(histogram))
    np.testing.assert_array_equal(batch.counts, histogram[histogram > 0])


def test_tracks_that_are_not_rotated_keep_their_frame(tracks):
    positions = blob(2_000).astype(np.float32)
    batch, _ = bin_tracks(
        tracks([positions]), "made", GRID, width(0), np.random.default_rng(1), rotate=False
    )
    np.testing.assert_array_equal(batch.direction, [[0, 0, 1]])
    edges = np.linspace(-HALF_UM, HALF_UM, GRID.bins + 1)
    centred = positions.astype(float) - positions.astype(float).mean(axis=0)
    histogram, _ = np.histogramdd(centred, bins=[edges] * 3)
    np.testing.assert_array_equal(batch.voxels, np.flatnonzero(histogram))


def test_centre_of_charge_is_the_centre_of_the_grid(tracks):
    far = [blob(1_000, seed) + np.array([1e6, -2e6, 3e6]) for seed in range(20)]
    batch, kept = binned(tracks(far), width(443))
    assert kept.all()
    for centres, counts in events(batch):
        mean = np.average(centres, axis=0, weights=counts)
        # Rounding to voxel centres leaves 1/sqrt(12 * 1000) of a voxel; the rest is the float32
        # precision of coordinates of metres.
        np.testing.assert_allclose(mean, GRID.bins / 2, atol=0.1)


@pytest.mark.parametrize("direction", [(0, 0, 1), (0.6, 0, -0.8)])
def test_voxels_of_a_straight_track_lie_on_the_true_ray(tracks, direction):
    """Start and direction turn as the electrons do: handedness, sign and offset agree."""
    start, unit = np.array([1_000.0, -2_000.0, 500.0]), np.array(direction)
    # Denser at the start, so that the centre of charge is not the middle.
    steps = 30_000 * np.linspace(0, 1, 300) ** 2
    batch, kept = binned(tracks([start + np.outer(steps, unit)] * 50, start, direction), width(0))
    assert kept.all()
    np.testing.assert_allclose(np.linalg.norm(batch.direction, axis=1), 1, rtol=1e-6)
    for i, (centres, _) in enumerate(events(batch)):
        from_start = centres - batch.start[i]
        along = from_start @ batch.direction[i]
        aside = np.linalg.norm(from_start - np.outer(along, batch.direction[i]), axis=1)
        # A point lies within half a diagonal of the centre of its voxel.
        assert aside.max() < 0.5 * np.sqrt(3)
        assert -0.5 * np.sqrt(3) < along.min() < 0.5 * np.sqrt(3)
        assert along.max() == pytest.approx(60, abs=0.5 * np.sqrt(3))


def test_true_directions_are_isotropic(tracks):
    batch, _ = binned(tracks([blob(2, seed) for seed in range(4_000)]), width(0))
    for axis in range(3):
        assert stats.kstest(batch.direction[:, axis] / 2 + 0.5, "uniform").pvalue > 1e-3


def test_smearing_has_the_width_asked_for(tracks):
    """All electrons at one point: the voxels' variance is sigma^2 + voxel^2 / 12 (Sheppard)."""
    fine = Grid(bins=120, voxel_um=50)
    electrons = 50_000
    batch, _ = binned(tracks([np.zeros((electrons, 3))]), width(443), fine)
    ((centres, counts),) = events(batch, fine)
    variance = np.average((centres - fine.bins / 2) ** 2, axis=0, weights=counts) * 50**2
    expected = 443**2 + 50**2 / 12
    np.testing.assert_allclose(variance, expected, rtol=4 * np.sqrt(2 / electrons))


def test_each_track_is_smeared_by_its_own_width(tracks):
    fine = Grid(bins=120, voxel_um=60)
    electrons = 2_000
    batch, kept = binned(
        tracks([np.zeros((electrons, 3))] * 300), Smearing(low_um=160, high_um=466), fine
    )
    assert kept.all()
    assert stats.kstest((batch.sigma_um - 160) / 306, "uniform").pvalue > 1e-3
    for sigma_um, (centres, counts) in zip(batch.sigma_um, events(batch, fine), strict=True):
        variance = np.average((centres - 60) ** 2, axis=0, weights=counts).mean() * 60**2
        # Three axes: the relative error of the variance is sqrt(2 / 3N).
        expected = float(sigma_um) ** 2 + 60**2 / 12
        assert variance == pytest.approx(expected, rel=5 * np.sqrt(2 / (3 * electrons)))


def test_tracks_not_wholly_inside_are_dropped_and_leave_nothing_behind(tracks):
    far = blob(500)
    far[250] = [1e9, 0, 0]
    nan = blob(500)
    nan[250, 1] = np.nan
    good = [blob(500, seed) for seed in range(3)]
    batch, kept = binned(
        tracks([good[0], far, good[1], nan, np.empty((0, 3)), good[2]]), width(443)
    )
    assert kept.tolist() == [True, False, True, False, False, True]
    assert batch.event_id.tolist() == [0, 2, 5]
    assert [counts.sum() for _, counts in events(batch)] == [500] * 3
    assert np.isfinite(batch.direction).all()
    assert np.isfinite(batch.start).all()


@pytest.mark.parametrize(("length_um", "inside"), [(59_900, True), (60_100, False)])
def test_faces_of_the_grid_are_the_limit(tracks, length_um, inside):
    """Two electrons apart by the grid's width fit into it if they lie along an axis."""
    straight = np.array([[0, 0, 0], [0, 0, length_um]])
    _, kept = binned(tracks([straight] * 2_000), width(0))
    half = length_um / 2
    rotations = 2_000
    rng = np.random.default_rng(1)
    rng.uniform(0, 0, rotations)
    turned = half * np.abs(random_rotations(rotations, rng)[:, :, 2])
    np.testing.assert_array_equal(kept, (turned < HALF_UM).all(axis=1))
    assert kept.all() == inside


def test_order_of_draws_is_that_of_the_tracks(tracks):
    batch = tracks([blob(100, seed) for seed in range(20)])
    first, second = (binned(batch, Smearing(low_um=160, high_um=466))[0] for _ in range(2))
    np.testing.assert_array_equal(first.voxels, second.voxels)
    other = binned(batch, Smearing(low_um=160, high_um=466), seed=2)[0]
    assert not np.array_equal(first.direction, other.direction)


@pytest.mark.parametrize("bound", [1, 2, 2048, 2049, 120**3, 1024**3])
def test_radix_sort_sorts(bound):
    keys = np.random.default_rng(3).integers(0, bound, 3000).astype(np.int32)
    expected = np.sort(keys)
    ordered = radix_sorted(keys.copy(), np.empty_like(keys), bound)
    assert np.array_equal(ordered, expected)
