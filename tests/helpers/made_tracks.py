"""Tracks of given electrons."""

import numpy as np

from pipeline.gas.config.sources import SourceDefaults
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.raw import RawBatch
from pipeline.gas.tracks.table import TrackBatch


def along_z(
    offsets: np.ndarray,
    positions_um: np.ndarray,
    energy_keV: float | np.ndarray = 50,
    first: int = 0,
) -> TrackBatch:
    """Tracks that start at the origin along +z, numbered from `first`."""
    number = first + np.arange(len(offsets) - 1)
    energies_keV = np.broadcast_to(energy_keV, len(number))
    raw = RawBatch(number, offsets, positions_um.astype(np.float32), energy_keV=energies_keV)
    return complete(raw, SourceDefaults(), number, "made")
