"""Tracks that are clouds of electrons."""

import numpy as np

from pipeline.gas.tracks.table import TrackBatch


def clouds(events: int, electrons: int, sigma_um: float, seed: int) -> TrackBatch:
    """Spherical clouds of equal numbers of electrons, 10 keV."""
    rng = np.random.default_rng(seed)
    positions = rng.normal(0, sigma_um, (events * electrons, 3))
    return TrackBatch(
        event_id=np.arange(events),
        source_event=np.arange(events),
        energy_keV=np.full(events, 10, np.float32),
        offsets=np.arange(events + 1) * electrons,
        positions_um=positions.astype(np.float32),
        times_ps=None,
        flags=None,
        start_um=np.zeros((events, 3), np.float32),
        direction=np.tile(np.float32([0, 0, 1]), (events, 1)),
    )
