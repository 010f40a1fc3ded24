"""Views of tracks: as before without a response, measured charges with one."""

import hashlib

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipeline.core.seeds import generator
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.tracks.table import write_tracks
from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.shards import concatenate, open_shard, read_shard, voxel_centres
from pipeline.gas.voxels.stage import voxelise
from pipeline.gas.voxels.views import make_views

RANGE = Smearing(low_um=160, high_um=466)
COLUMNS = ("event_id", "offsets", "voxels", "counts", "direction", "start", "sigma_um")


@pytest.fixture
def blobs(tracks):
    """60 tracks of 50 electrons in a Gaussian blob."""
    rng = np.random.default_rng(1)
    return tracks([rng.normal(0, 5e3, (50, 3)) for _ in range(60)])


@pytest.fixture
def shard_of(tmp_path, blobs):
    """(readout, grid) -> shard of the blobs."""

    def make(readout, grid=Grid()):  # noqa: B008 (a constant)
        table, shard = tmp_path / "tracks.parquet", tmp_path / "shard.parquet"
        write_tracks(table, [blobs], {})
        rng = generator(1, "voxels")
        voxelise(table, "made", grid, readout, rng, shard, tmp_path / "shard.json")
        return shard

    return make


def response(**keys):
    return Response.model_validate(keys)


def test_without_a_response_a_shard_is_as_before_there_were_any(shard_of):
    """A digest of the first version's numbers; NumPy's and numba's generators are stable."""
    shard = shard_of(RANGE)
    batch, digest = concatenate(list(read_shard(shard))), hashlib.sha256()
    for name in (*COLUMNS, "energy_keV"):
        digest.update(getattr(batch, name).tobytes())
    assert digest.hexdigest() == (
        "0e80c4e923642910959c5ca4c585a550a559f08d7c625e63afeb892e79160b96"
    )
    schema = pq.read_schema(shard)
    assert schema.metadata == {
        b"table": b"voxels",
        b"version": b"1",
        b"bins": b"120",
        b"voxel_um": b"500.0",
    }
    assert schema.names[2:4] == ["voxels", "counts"]


def test_measured_charges_are_a_column_of_version_2(shard_of):
    shard = shard_of(response(gain={"relative_rms": 0.7}, integrate_mm=4))
    schema = pq.read_schema(shard)
    assert schema.metadata[b"version"] == b"2"
    assert schema.names[2:4] == ["voxels", "charge"]
    assert open_shard(shard).drift == "direction"
    assert len(open_shard(shard).orientations()) == 8
    batch = concatenate(list(read_shard(shard)))
    assert batch.counts.dtype == np.float32
    assert len(np.unique(batch.counts)) == len(batch.counts)


def test_equal_inputs_give_equal_bytes(shard_of):
    measured = response(gain={"relative_rms": 0.7}, noise_hits=3)
    assert shard_of(measured).read_bytes() == shard_of(measured).read_bytes()


def test_voxels_of_three_edges_are_in_the_metadata(shard_of):
    grid = Grid(bins=600, voxel_um=(250, 100, 125))
    shard = open_shard(shard_of(response(), grid))
    assert shard.cell_um == (250, 100, 125)
    assert len(shard.orientations()) == 8


@pytest.mark.parametrize("cell_um", [500.0, (250.0, 100.0, 125.0)])
def test_true_start_and_direction_turn_with_the_track(tracks, cell_um):
    """A straight track of electrons from its start along its direction."""
    along = np.linspace(0, 20_000, 400)[:, None] * np.array([[0.6, 0, 0.8]])
    made = tracks([along + 1000] * 20, start_um=(1000, 1000, 1000), direction=(0.6, 0, 0.8))
    grid, rng = Grid(bins=400, voxel_um=cell_um), np.random.default_rng(1)
    batch, contained = make_views(made, "made", grid, response(), rng)
    assert contained.all()
    edges = np.array(grid.cell_um)
    centres = voxel_centres(batch.voxels, 400) * edges
    for i in range(20):
        rows = slice(batch.offsets[i], batch.offsets[i + 1])
        mean = np.average(centres[rows], axis=0, weights=batch.counts[rows])
        expected = batch.start[i] * edges + 10_000 * batch.direction[i]
        assert (np.abs(mean - expected) < edges).all()
    assert len(np.unique(batch.direction[:, 0])) == 20


def test_a_track_that_is_not_rotated_keeps_its_direction(blobs):
    rng = np.random.default_rng(1)
    batch, _ = make_views(blobs, "made", Grid(), response(), rng, rotate=False)
    assert (batch.direction == [0, 0, 1]).all()


def test_events_without_charge_are_contained_but_not_in_the_batch(blobs):
    rng = np.random.default_rng(1)
    batch, contained = make_views(blobs, "made", Grid(), response(threshold={"electrons": 2}), rng)
    assert contained.all()
    assert 0 < len(batch) < 60
    assert len(batch) == len(np.unique(batch.event_id))


def test_networks_see_the_charge(blobs):
    batch, _ = make_views(
        blobs, "made", Grid(), response(gain={"relative_rms": 1}), np.random.default_rng(1)
    )
    features = sparse_batch(batch, 120).features.numpy()
    assert sorted(features[:, 0]) == sorted(batch.counts)
