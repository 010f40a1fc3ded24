"""Events in other orientations of the grid: places and directions turn together."""

import numpy as np
import pytest
import torch

from pipeline.gas.config.symmetry import orientations
from pipeline.gas.networks import frames
from pipeline.gas.voxels.shards import VoxelBatch, voxel_centres
from pipeline.gas.voxels.turned import turned
from pipeline.sparse.tensor import sparse_tensor

BINS = 6
ALL = orientations((1.0, 1.0, 1.0))


@pytest.fixture
def batch(rng):
    """Twenty events of five voxels."""
    n, size = 20, 5
    voxels = [np.sort(rng.choice(BINS**3, size, replace=False)) for _ in range(n)]
    direction = rng.normal(size=(n, 3))
    return VoxelBatch(
        source=np.full(n, "lab"),
        event_id=np.arange(n),
        offsets=size * np.arange(n + 1),
        voxels=np.concatenate(voxels).astype(np.int32),
        counts=rng.uniform(1, 9, n * size).astype(np.float32),
        direction=(direction / np.linalg.norm(direction, axis=1)[:, None]).astype(np.float32),
        start=rng.uniform(0, BINS, (n, 3)).astype(np.float32),
        sigma_um=np.full(n, np.nan, np.float32),
        energy_keV=np.full(n, np.nan, np.float32),
    )


def mean_charge(batch):
    """Mean charge of each event from the middle of the grid, in voxels, float64 [n, 3]."""
    centres = (voxel_centres(batch.voxels, BINS) - BINS / 2).astype(np.float64)
    sums = np.add.reduceat(centres * batch.counts[:, None], batch.offsets[:-1])
    return sums / np.add.reduceat(batch.counts, batch.offsets[:-1])[:, None]


@pytest.mark.parametrize("orientation", ALL)
def test_charge_start_and_direction_turn_as_frames_do(batch, orientation, rng):
    found = turned(batch, BINS, [orientation], rng)
    (matrix,) = frames.frames(1, [orientation]).double().numpy()
    np.testing.assert_allclose(mean_charge(found), mean_charge(batch) @ matrix.T, atol=1e-6)
    np.testing.assert_allclose(found.direction, batch.direction @ matrix.T, atol=1e-6)
    middle = BINS / 2
    np.testing.assert_allclose(found.start - middle, (batch.start - middle) @ matrix.T, atol=1e-5)


def test_voxels_are_those_of_the_frames_of_predictions(batch, rng):
    orientation = ALL[29]
    found = turned(batch, BINS, [orientation], rng)
    cells = np.stack(np.unravel_index(batch.voxels, (BINS,) * 3), 1)
    owner = np.repeat(np.arange(len(batch)), batch.occupied_voxels)
    indices = torch.from_numpy(np.column_stack([owner, cells]))
    charge = torch.from_numpy(batch.counts[:, None])
    seen = frames.turned(
        sparse_tensor(indices, charge, (BINS,) * 3, len(batch)), frames.frames(1, [orientation])[0]
    )
    place = seen.indices.long()
    flat = ((place[:, 0] * BINS + place[:, 1]) * BINS + place[:, 2]) * BINS + place[:, 3]
    order = flat.argsort()
    np.testing.assert_array_equal(found.voxels, (flat[order] % BINS**3).numpy())
    np.testing.assert_array_equal(found.counts, seen.features[order, 0].numpy())


def test_each_event_draws_its_own_orientation(batch, rng):
    drift = orientations((1.0, 1.0, 1.0), "direction")
    found = turned(batch.take(np.zeros(800, np.int64)), BINS, drift, rng)
    directions, number = np.unique(found.direction, axis=0, return_counts=True)
    assert len(directions) == 8
    assert number.min() > 100 - 4 * 100**0.5
    np.testing.assert_array_equal(directions[:, 2], batch.direction[0, 2])


def test_voxels_stay_sorted_and_unknown_starts_unknown(batch, rng):
    batch.start[:] = np.nan
    found = turned(batch, BINS, ALL, rng)
    assert (np.diff(found.voxels.reshape(len(batch), -1), axis=1) > 0).all()
    assert np.isnan(found.start).all()
