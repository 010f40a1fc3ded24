"""Track tables of straight lines, whose length decides how they differ."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.made_tracks import along_z

from pipeline.gas.tracks.table import write_tracks

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
        offsets = ELECTRONS * np.arange(tracks + 1)
        batch = along_z(offsets, positions.reshape(-1, 3), energy)
        path = tmp_path / source / "0.parquet"
        write_tracks(path, [batch], {})
        return path

    return write
