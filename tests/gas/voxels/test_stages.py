from copy import deepcopy

import numpy as np
import pytest

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.tracks.table import TrackBatch
from pipeline.gas.voxels.binning import bin_tracks
from pipeline.gas.voxels.shards import voxel_centres
from pipeline.gas.voxels.stages import DRIFTED, RAW, SMEARED, VOXELS, track_stages

GRID = Grid()
SMEARING = Smearing(low_um=160, high_um=466)
POSITION = ["x_mm", "y_mm", "z_mm"]
START = ["start_x_mm", "start_y_mm", "start_z_mm"]
DIRECTION = ["direction_x", "direction_y", "direction_z"]


def tracks(positions_um: list[np.ndarray]) -> TrackBatch:
    n = len(positions_um)
    return TrackBatch(
        event_id=np.arange(n) + 10,
        source_event=np.arange(n),
        energy_keV=np.full(n, 40, np.float32),
        offsets=np.concatenate([[0], np.cumsum([len(p) for p in positions_um])]),
        positions_um=np.concatenate(positions_um).astype(np.float32),
        times_ps=None,
        flags=None,
        start_um=np.full((n, 3), [100, 200, -300], np.float32),
        direction=np.tile(np.array([0.6, 0, 0.8], np.float32), (n, 1)),
    )


@pytest.fixture
def track(rng: np.random.Generator) -> TrackBatch:
    return tracks([rng.normal(0, 4000, (900, 3))])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def stage(table, name):
    return table[table["stage"] == name]


def test_the_voxels_are_those_of_the_binning(track, rng):
    same = deepcopy(rng)
    voxels = stage(track_stages(track, GRID, SMEARING, rng), VOXELS)
    batch, _ = bin_tracks(track, "x", GRID, SMEARING, same)
    np.testing.assert_array_equal(voxels["count"], batch.counts)
    centres = (voxel_centres(batch.voxels, GRID.bins) - GRID.bins / 2) * 0.5
    np.testing.assert_allclose(voxels[POSITION], centres)
    assert (voxels["sigma_um"] == batch.sigma_um[0]).all()
    assert rng.random() == same.random()


def test_the_smeared_electrons_fill_exactly_these_voxels(track, rng):
    table = track_stages(track, GRID, SMEARING, rng)
    cells = np.floor(stage(table, SMEARED)[POSITION].to_numpy() / 0.5).astype(int)
    filled, counts = np.unique(cells, axis=0, return_counts=True)
    voxels = stage(table, VOXELS)
    np.testing.assert_allclose(voxels[POSITION], (filled + 0.5) * 0.5, atol=1e-6)
    np.testing.assert_array_equal(voxels["count"], counts)


def test_without_smearing_the_track_is_only_turned_and_moved(track, rng):
    table = track_stages(track, GRID, Smearing(low_um=0, high_um=0), rng)
    raw, moved = stage(table, RAW), stage(table, SMEARED)
    np.testing.assert_allclose(raw[POSITION], track.positions_um / 1e3, rtol=1e-6)
    np.testing.assert_allclose(raw[START].iloc[0], [0.1, 0.2, -0.3], rtol=1e-6)
    np.testing.assert_allclose(moved[POSITION].mean(), 0, atol=1e-9)
    from_start = [
        rows[POSITION].to_numpy() - rows[START].iloc[0].to_numpy() for rows in (raw, moved)
    ]
    lengths = [np.linalg.norm(vectors, axis=1) for vectors in from_start]
    np.testing.assert_allclose(lengths[0], lengths[1], rtol=1e-5)
    along = [
        vectors @ rows[DIRECTION].iloc[0].to_numpy()
        for vectors, rows in zip(from_start, (raw, moved), strict=True)
    ]
    np.testing.assert_allclose(along[0], along[1], atol=1e-5)


def test_start_and_direction_agree_before_and_after_the_binning(track, rng):
    table = track_stages(track, GRID, SMEARING, rng)
    for columns in (START, DIRECTION):
        smeared, voxels = (stage(table, name)[columns].iloc[0] for name in (SMEARED, VOXELS))
        np.testing.assert_allclose(smeared, voxels, atol=1e-4)


def test_tracks_that_leave_the_grid_are_passed_over(rng):
    huge, small = np.array([[0, 0, 0], [9e4, 0, 0]]), np.zeros((5, 3))
    table = track_stages(tracks([huge, small]), GRID, SMEARING, rng)
    assert (table["event_id"] == 11).all()
    with pytest.raises(ValueError, match="none of 2 tracks fits into the grid of 60000 um"):
        track_stages(tracks([huge, huge]), GRID, SMEARING, rng)


def test_the_drifted_electrons_fill_the_voxels_of_a_response(track, rng):
    drift = {"drift_cm": 5, "diffusion": {"transverse": 129}, "attachment_per_cm": 0.05}
    table = track_stages(track, GRID, Response.model_validate(drift), rng)
    electrons, voxels = stage(table, DRIFTED), stage(table, VOXELS)
    assert len(electrons) == voxels["count"].sum() < 900
    centres = np.floor(electrons[POSITION] / 0.5) * 0.5 + 0.25
    found, counts = np.unique(centres, axis=0, return_counts=True)
    order = np.lexsort(voxels[POSITION].to_numpy().T[::-1])
    np.testing.assert_allclose(found, voxels[POSITION].to_numpy()[order])
    np.testing.assert_array_equal(counts, voxels["count"].to_numpy()[order])
    for columns in (START, DIRECTION):
        np.testing.assert_allclose(electrons[columns].iloc[0], voxels[columns].iloc[0])
