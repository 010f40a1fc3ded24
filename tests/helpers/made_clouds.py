"""Tracks that are clouds of electrons."""

import numpy as np
from helpers.made_tracks import along_z

from pipeline.gas.tracks.table import TrackBatch


def clouds(events: int, electrons: int, sigma_um: float, seed: int) -> TrackBatch:
    """Spherical clouds of equal numbers of electrons, 10 keV."""
    rng = np.random.default_rng(seed)
    positions = rng.normal(0, sigma_um, (events * electrons, 3))
    return along_z(np.arange(events + 1) * electrons, positions, energy_keV=10)
