"""Measured events as voxels: hits counted in the cells of the grid, centred on their charge."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.files import atomic_write
from pipeline.core.ingestion import BadEvents, accepted
from pipeline.gas.config.hits import Hits
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.files import read_hits
from pipeline.gas.hits.table import HitBatch, usable
from pipeline.gas.response.cells import Cells, centred, flat_index, merged
from pipeline.gas.voxels.shards import VoxelBatch, write_shard

SUSPICIOUS_EVENTS = 20


def hit_voxels(
    hits: HitBatch, ids: np.ndarray, source: str, grid: Grid
) -> tuple[VoxelBatch, np.ndarray]:
    """The events that the grid contains, and a mask bool [n] of them; `ids` int64 [n].

    An event is moved so that its lowest hit along each axis is in the middle of a voxel: cells of
    the readout that are as large as the voxels fall on them one by one. Charges in one voxel add
    up. Then the mean of the charge is moved to the grid's centre, as for a response. What is not
    known of a measured event is NaN.
    """
    n, lengths = len(hits), np.diff(hits.offsets)
    owner = np.repeat(np.arange(n), lengths)
    lowest = np.minimum.reduceat(hits.positions_um, hits.offsets[:-1], axis=0)
    place = np.floor((hits.positions_um - lowest[owner]) / grid.cell_um + 0.5).astype(np.int64)
    wide = np.bincount(owner, (place >= grid.bins).any(axis=1), n) > 0
    inside = ~wide[owner]
    nothing = Cells(np.empty(0, np.int64), np.empty(0), np.zeros(n + 1, np.int64), grid.bins)
    index = flat_index(place[inside], grid.bins)
    cells = merged(nothing, index, hits.charge[inside], owner[inside])
    cells = cells.where(cells.charge > 0)
    cells, _, fits = centred(cells, grid.bins)
    kept = ~wide & fits & (np.diff(cells.offsets) > 0)
    cells = cells.where(cells.each(kept))
    unknown = np.full(int(kept.sum()), np.nan, np.float32)
    batch = VoxelBatch(
        source=np.full(len(unknown), source),
        event_id=ids[kept],
        offsets=np.append(cells.offsets[:-1][kept], cells.offsets[-1]),
        voxels=cells.index.astype(np.int32),
        counts=cells.charge.astype(np.float32),
        direction=np.stack([unknown] * 3, axis=1),
        start=np.stack([unknown] * 3, axis=1),
        sigma_um=unknown,
        energy_keV=unknown,
    )
    return batch, kept


def voxelise_hits(
    path: str | Path,
    name: str,
    source: Hits,
    part: int,
    grid: Grid,
    shard: str | Path,
    events: str | Path,
    counts: str | Path,
) -> None:
    """Write the events of a file as a voxel shard, with a table of its events beside it.

    The table has the columns event_id, source_event, time_s, hits, charge, contained.

    Raises:
        BadEventError: an event is not usable and the policy is to stop.
        ValueError: the file is not as the config says, or the unit of its lengths is wrong.
    """
    bad, rows = BadEvents(str(path), source.on_bad_event), []
    good = accepted(
        read_hits(path, source, bad), usable, bad, part, source.first_event, source.max_events
    )
    sizes: list[int] = []

    def batches() -> Iterator[VoxelBatch]:
        for hits, ids in good:
            batch, kept = hit_voxels(hits, ids, name, grid)
            sizes.extend(np.diff(batch.offsets).tolist())
            rows.append(
                pd.DataFrame(
                    {
                        "event_id": ids,
                        "source_event": hits.source_event,
                        "time_s": hits.time_s,
                        "hits": np.diff(hits.offsets),
                        "charge": np.add.reduceat(hits.charge, hits.offsets[:-1]),
                        "contained": kept,
                    }
                )
            )
            if len(batch):
                yield batch

    with atomic_write(shard) as temporary:
        kept = write_shard(
            temporary, batches(), grid.bins, grid.voxel_um, "direction", input=str(path)
        )
        table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
        if len(table) >= SUSPICIOUS_EVENTS and (not kept or np.median(sizes) == 1):
            what = (
                "all hits of an event are in one voxel" if kept else "no event fits into the grid"
            )
            raise ValueError(
                f"{path}: {what} (voxels of {grid.voxel_text}, grid of {grid.width_text}); check "
                "`length_unit` of the source and `grid`"
            )
    with atomic_write(events) as temporary:
        table.to_parquet(temporary)
    bad.write_counts(counts, len(table), contained=kept)
