"""Voxel batches for the tests of direction methods: genuine tracks and hand-made ones."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.made_files import Files, make_files

from pipeline.core.parquet_io import flat
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.tracks.table import TrackBatch
from pipeline.gas.voxels.binning import bin_tracks
from pipeline.gas.voxels.shards import VoxelBatch

GRID = Grid()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A track table and its shard to train on."""
    return make_files(tmp_path_factory.mktemp("made"))


@pytest.fixture
def degrad_test_set(degrad_dir: Path) -> Callable[[int, float], tuple[VoxelBatch, float]]:
    """(energy_keV, sigma_um) -> contained Degrad events on the default grid, contained fraction."""
    return partial(_degrad_test_set, Path(degrad_dir))


@cache
def _degrad_test_set(folder: Path, energy_keV: int, sigma_um: float) -> tuple[VoxelBatch, float]:
    table = pq.read_table(folder / f"he_co2_{energy_keV}keV.parquet")
    offsets, _ = flat(table["x_um"])
    n = table.num_rows
    tracks = TrackBatch(
        event_id=table["event_id"].to_numpy().astype(np.int64),
        source_event=table["event_id"].to_numpy().astype(np.int64),
        energy_keV=(table["energy_eV"].to_numpy() * 1e-3).astype(np.float32),
        offsets=offsets,
        positions_um=np.stack(
            [flat(table[f"{a}_um"])[1].astype(np.float32) for a in "xyz"], axis=1
        ),
        times_ps=None,
        flags=None,
        start_um=np.zeros((n, 3), np.float32),
        direction=np.tile(np.array([0, 0, 1], np.float32), (n, 1)),
    )
    smearing = Smearing(low_um=sigma_um, high_um=sigma_um)
    batch, kept = bin_tracks(tracks, "degrad", GRID, smearing, np.random.default_rng(1))
    return batch, float(kept.mean())


@pytest.fixture
def event() -> Callable[..., VoxelBatch]:
    """(cells, counts, direction, start) -> a batch of one event on the default grid."""
    return _event


def _event(
    cells: np.ndarray,
    counts: np.ndarray,
    direction: tuple[float, float, float] = (0.0, 0.0, 1.0),
    start: tuple[float, float, float] = (60.0, 60.0, 60.0),
) -> VoxelBatch:
    voxels = np.asarray(cells) @ [GRID.bins**2, GRID.bins, 1]
    order = np.argsort(voxels)
    return VoxelBatch(
        source=np.array(["made"]),
        event_id=np.array([7]),
        offsets=np.array([0, len(voxels)]),
        voxels=voxels[order].astype(np.int32),
        counts=np.asarray(counts)[order].astype(np.uint16),
        direction=np.array([direction], np.float32),
        start=np.array([start], np.float32),
        sigma_um=np.array([300.0], np.float32),
        energy_keV=np.array([40.0], np.float32),
    )
