"""Tracks and voxel events for the tests: hand-made ones, and genuine Degrad tracks."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.sources import Parquet
from pipeline.gas.tracks.ingest import ingest
from pipeline.gas.tracks.parquet import read_parquet
from pipeline.gas.tracks.table import TrackBatch
from pipeline.gas.voxels.shards import VoxelBatch


@pytest.fixture(scope="session")
def tracks() -> Callable[..., TrackBatch]:
    """(positions_um of each track, start_um, direction) -> a batch."""
    return _tracks


def _tracks(
    positions_um: list[np.ndarray],
    start_um: tuple[float, float, float] = (0, 0, 0),
    direction: tuple[float, float, float] = (0, 0, 1),
) -> TrackBatch:
    n = len(positions_um)
    return TrackBatch(
        event_id=np.arange(n),
        source_event=np.arange(n),
        energy_keV=np.full(n, 40, np.float32),
        offsets=np.concatenate([[0], np.cumsum([len(p) for p in positions_um])]),
        positions_um=np.concatenate(positions_um).astype(np.float32).reshape(-1, 3),
        times_ps=None,
        flags=None,
        start_um=np.tile(np.array(start_um, np.float32), (n, 1)),
        direction=np.tile(np.array(direction, np.float32), (n, 1)),
    )


@pytest.fixture
def voxel_events() -> Callable[..., VoxelBatch]:
    """(events, first event id, source) -> events of 1 to 9 voxels, all different."""
    return _voxel_events


def _voxel_events(events: int, first: int = 0, source: str = "made") -> VoxelBatch:
    rng = np.random.default_rng([first, len(source)])
    lengths = np.arange(first, first + events) % 9 + 1
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    direction = rng.normal(size=(events, 3))
    voxels = [np.sort(rng.choice(120**3, length, replace=False)) for length in lengths]
    return VoxelBatch(
        source=np.full(events, source),
        event_id=np.arange(first, first + events),
        offsets=offsets,
        voxels=np.concatenate(voxels).astype(np.int32),
        counts=rng.integers(1, 50, offsets[-1]).astype(np.uint16),
        direction=(direction / np.linalg.norm(direction, axis=1)[:, None]).astype(np.float32),
        start=rng.uniform(0, 120, (events, 3)).astype(np.float32),
        sigma_um=rng.uniform(160, 466, events).astype(np.float32),
        energy_keV=rng.uniform(40, 50, events).astype(np.float32),
    )


@pytest.fixture(scope="session")
def degrad_table(
    degrad_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[int], Path]:
    """(energy_keV) -> track table of 4000 genuine Degrad events."""

    @cache
    def table(energy_keV: int) -> Path:
        folder = tmp_path_factory.mktemp("degrad")
        raw, path = degrad_dir / f"he_co2_{energy_keV}keV.parquet", folder / "tracks.parquet"
        bad = BadEvents(str(raw), "stop")
        source = Parquet(kind="parquet", files=[str(raw)])
        ingest(
            read_parquet(raw, source, bad),
            source.defaults(),
            bad,
            0,
            path,
            folder / "tracks.json",
            folder / "tracks.summary.parquet",
        )
        return path

    return table
