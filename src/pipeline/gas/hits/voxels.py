"""Measured events as voxels: hits counted in the cells of the grid, centred on their track."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.files import atomic_write
from pipeline.core.tables import Params
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.parts import read_part
from pipeline.gas.hits.table import HitBatch
from pipeline.gas.response.track_hits import centred_on_track
from pipeline.gas.voxels.shards import VoxelBatch, write_shard

SUSPICIOUS_EVENTS = 20
FARTHEST = 2**40  # cells from an event's lowest hit; farther ones count as so far

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class HitVoxels:
    """Voxels of measured events, and what became of each of n events."""

    batch: VoxelBatch  # of the contained events
    contained: np.ndarray  # bool [n]
    dropped_hits: np.ndarray  # int64 [n], stray ones outside the grid
    dropped_charge: np.ndarray  # float64 [n], theirs


def hit_voxels(hits: HitBatch, ids: np.ndarray, source: str, grid: Grid) -> HitVoxels:
    """The events that the grid contains; `ids` int64 [n].

    An event is moved so that its lowest hit along each axis is in the middle of a voxel: cells of
    the readout that are as large as the voxels fall on them one by one. Charges in one voxel add
    up. Then the mean charge is moved to the grid's centre, that of the track if stray hits lie
    outside the grid, which are dropped: see `centred_on_track`. What is not known of a measured
    event is NaN.
    """
    n, lengths = len(hits), np.diff(hits.offsets)
    owner = np.repeat(np.arange(n), lengths)
    lowest = np.minimum.reduceat(hits.positions_um, hits.offsets[:-1], axis=0)
    place = np.floor((hits.positions_um - lowest[owner]) / grid.cell_um + 0.5)
    place = np.minimum(place, FARTHEST).astype(np.int64)
    hit = hits.charge > 0
    place, charge, owner = place[hit], hits.charge[hit], owner[hit]
    found = centred_on_track(place, charge, owner, n, grid)
    cells = found.cells
    kept = np.diff(cells.offsets) > 0
    dropped = found.dropped & kept[owner]
    unknown = np.full(int(kept.sum()), np.nan, np.float32)
    batch = VoxelBatch(
        source=np.full(len(unknown), source),
        event_id=ids[kept],
        offsets=np.append(cells.offsets[:-1][kept], cells.offsets[-1]),
        voxels=cells.index.astype(np.int32),
        counts=cells.charge.astype(np.float32),
        direction=hits.direction[kept],
        start=np.stack([unknown] * 3, axis=1),
        sigma_um=unknown,
        energy_keV=unknown,
    )
    return HitVoxels(
        batch=batch,
        contained=kept,
        dropped_hits=np.bincount(owner[dropped], minlength=n),
        dropped_charge=np.bincount(owner[dropped], charge[dropped], n),
    )


def voxelise_hits(
    path: str | Path, part: Params, shard: str | Path, events: str | Path, counts: str | Path
) -> None:
    """Write the events of a part as a voxel shard, with a table of its events beside it.

    See `read_part` for `path` and `part`. The table has the columns event_id, source_event, time_s,
    hits, charge, contained, dropped_hits, dropped_charge.

    Raises:
        BadEventError: an event is not usable and the policy is to stop.
        ValueError: the file is not as the config says, or the unit of its lengths is wrong.
    """
    grid = Grid.model_validate(part["grid"])
    good, bad = read_part(path, part)
    rows: list[pd.DataFrame] = []
    sizes: list[int] = []

    def batches() -> Iterator[VoxelBatch]:
        for hits, ids in good:
            found = hit_voxels(hits, ids, part["source"], grid)
            sizes.extend(np.diff(found.batch.offsets).tolist())
            rows.append(
                pd.DataFrame(
                    {
                        "event_id": ids,
                        "source_event": hits.source_event,
                        "time_s": hits.time_s,
                        "hits": np.diff(hits.offsets),
                        "charge": np.add.reduceat(hits.charge, hits.offsets[:-1]),
                        "contained": found.contained,
                        "dropped_hits": found.dropped_hits,
                        "dropped_charge": found.dropped_charge,
                    }
                )
            )
            if len(found.batch):
                yield found.batch

    with atomic_write(shard) as temporary:
        kept = write_shard(
            temporary, batches(), grid.bins, grid.voxel_um, "direction", input=str(path)
        )
        table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
        if len(table) and not table["charge"].any():
            raise ValueError(
                f"{path}: the charge of all hits is 0; check `columns.charge` of the source"
            )
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
    dropped = int(table["dropped_hits"].sum()) if len(table) else 0
    logger.info(
        "%s: the grid contains %d of %d usable events; %d stray hits outside it are dropped",
        *(path, kept, len(table), dropped),
    )
    lost = {"not_contained": len(table) - kept, "dropped_hits": dropped}
    bad.write_counts(counts, len(table), contained=kept, **lost)
