"""Voxels of tracks as a readout sees them: smeared, or measured by a response."""

import numpy as np

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.response.respond import respond
from pipeline.gas.tracks.table import TrackBatch
from pipeline.gas.voxels.binning import bin_tracks, random_rotations, voxel_batch
from pipeline.gas.voxels.shards import VoxelBatch


def make_views(
    tracks: TrackBatch,
    source: str,
    grid: Grid,
    readout: Smearing | Response,
    rng: np.random.Generator,
    rotate: bool = True,
) -> tuple[VoxelBatch, np.ndarray]:
    """One view of each track; see `bin_tracks` and `measured`."""
    make = measured if isinstance(readout, Response) else bin_tracks
    return make(tracks, source, grid, readout, rng, rotate)  # type: ignore[arg-type]


def measured(
    tracks: TrackBatch,
    source: str,
    grid: Grid,
    response: Response,
    rng: np.random.Generator,
    rotate: bool = True,
) -> tuple[VoxelBatch, np.ndarray]:
    """Rotate (unless told not to) and measure a batch of tracks, which draw what varies.

    Returns the contained events with any charge, in order, and a mask bool [n] of the contained
    tracks, which includes those without charge. See `respond`.
    """
    rotation = random_rotations(len(tracks), rng)
    if not rotate:
        rotation[:] = np.eye(3)
    readout = respond(tracks.positions_um, tracks.offsets, response, grid, rng, rotation, vary=True)
    start = np.einsum("nij,nj->ni", rotation, tracks.start_um.astype(np.float64))
    batch = voxel_batch(
        *(tracks, source, np.diff(readout.offsets), readout.voxels, readout.charge),
        *(rotation, readout.origin + start / grid.cell_um, readout.sigma_um),
    )
    return batch, readout.contained
