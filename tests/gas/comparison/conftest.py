"""Track tables of straight lines, whose length decides how they differ."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.gas.tracks.table import TrackBatch, write_tracks

ELECTRONS = 40


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., Path]:
    """(source, length [mm] by energy, tracks, seed) -> a track table at {source}/0.parquet."""

    def write(source: str, length_mm: dict[float, float], tracks: int, seed: int) -> Path:
        rng = np.random.default_rng(seed)
        energy = rng.choice(np.array(list(length_mm), np.float32), tracks)
        length_um = 1e3 * np.array([length_mm[float(e)] for e in energy])
        positions = np.zeros((tracks, ELECTRONS, 3), np.float32)
        positions[:, :, 2] = rng.uniform(0, length_um[:, None], (tracks, ELECTRONS))
        batch = TrackBatch(
            event_id=np.arange(tracks),
            source_event=np.arange(tracks),
            energy_keV=energy,
            offsets=ELECTRONS * np.arange(tracks + 1),
            positions_um=positions.reshape(-1, 3),
            times_ps=None,
            flags=None,
            start_um=np.zeros((tracks, 3), np.float32),
            direction=np.tile(np.float32([0, 0, 1]), (tracks, 1)),
        )
        path = tmp_path / source / "0.parquet"
        write_tracks(path, [batch], {})
        return path

    return write
