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
    """One view of each track: see `bin_tracks` for smeared ones.

    With a response the tracks are rotated (unless told not to) and measured, and draw what varies;
    see `respond`. Returns the contained events with any charge, in order, and a mask bool [n] of
    the contained tracks, which includes those without charge.
    """
    if isinstance(readout, Smearing):
        return bin_tracks(tracks, source, grid, readout, rng, rotate)
    rotation = random_rotations(len(tracks), rng)
    if not rotate:
        rotation[:] = np.eye(3)
    seen = respond(tracks.electrons, readout, grid, rng, rotation, vary=True)
    start = np.einsum("nij,nj->ni", rotation, tracks.start_um.astype(np.float64))
    batch = voxel_batch(
        *(tracks, source, np.diff(seen.offsets), seen.voxels, seen.charge),
        *(rotation, seen.origin + start / grid.cell_um, seen.sigma_um),
    )
    return batch, seen.contained
