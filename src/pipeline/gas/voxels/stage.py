"""Convert a track table to a voxel shard with a file of counts beside it."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.core.files import atomic_write
from pipeline.core.progress import Progress
from pipeline.gas.config.response import Response
from pipeline.gas.config.symmetry import drift_of
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.tracks.table import count_tracks, read_tracks
from pipeline.gas.voxels.shards import VoxelBatch, write_shard
from pipeline.gas.voxels.views import make_views

SUSPICIOUS_TRACKS = 20


def voxelise(
    tracks: str | Path,
    source: str,
    grid: Grid,
    readout: Smearing | Response,
    rng: np.random.Generator,
    shard: str | Path,
    counts: str | Path,
    rotate: bool = True,
) -> None:
    """Write the contained events of a track table as a voxel shard; see `make_views`.

    Memory is bounded by one row group of tracks.

    Raises:
        ValueError: none of many tracks is contained, a response leaves most of them without
            charge, or the table is damaged.
    """
    total = count_tracks(tracks)
    progress = Progress(f"{source}, smearing and binning", total, "events")
    extents_um: list[float] = []
    emptied = 0
    drift = drift_of(readout) if isinstance(readout, Response) else None

    def binned() -> Iterator[VoxelBatch]:
        nonlocal emptied
        for batch in read_tracks(tracks):
            contained, inside = make_views(batch, source, grid, readout, rng, rotate)
            emptied += int(inside.sum()) - len(contained)
            progress.update(len(batch))
            if len(contained):
                yield contained
            else:
                extents_um.append(float(np.median(np.abs(batch.positions_um))))

    with atomic_write(shard) as temporary:
        kept = write_shard(temporary, binned(), grid.bins, grid.voxel_um, drift)
        if emptied > max(kept, SUSPICIOUS_TRACKS):
            raise ValueError(
                f"{tracks}: the response leaves no charge in {emptied} of {kept + emptied} tracks "
                "inside the grid; check `threshold` (in electrons) and `attachment_per_cm`"
            )
        # A few long tracks may all leave the grid; if many do, a length unit is probably wrong.
        if not kept and total >= SUSPICIOUS_TRACKS:
            raise ValueError(
                f"{tracks}: none of {total} tracks fits into the grid of "
                f"{grid.width_text}; half of the electrons lie beyond "
                f"{np.median(extents_um):.3g} um. Check the length unit of the source "
                "and `grid`"
            )
    progress.finish(f"{kept} of {total} contained")
    with atomic_write(counts) as temporary:
        report = {"read": total, "kept": kept, "not_contained": total - kept - emptied}
        if drift:
            report["without_charge"] = emptied
        temporary.write_text(json.dumps(report, indent=1))
