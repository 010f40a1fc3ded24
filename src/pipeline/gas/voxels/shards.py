"""Voxel shards: sparse (COO) voxel grids of many events in one Parquet file.

Version 1 holds numbers of electrons, in the column `counts`. Version 2 holds what a readout has
measured, in the column `charge`. In memory both are `VoxelBatch.counts`.

The voxel indices of an event are sorted and stored as differences of a few bits each, so an event
of about 500 voxels takes about 1 kB.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.core import parquet_io
from pipeline.core.parquet_io import field, ragged, vector_fields
from pipeline.gas.config.symmetry import Drift, Orientation, orientations
from pipeline.physics.event_columns import ENERGY_KEV, EVENT_ID, SIGMA_UM, TRUE_START

# A maximum: each batch starts a new row group.
EVENTS_PER_ROW_GROUP = 512

SCHEMA = pa.schema(
    [
        field("source", pa.dictionary(pa.int32(), pa.string()), "track source of the event"),
        EVENT_ID,
        field("voxels", pa.list_(pa.int32()), "occupied voxels, (ix * bins + iy) * bins + iz"),
        field("counts", pa.list_(pa.uint16()), "ionisation electrons per occupied voxel"),
        *vector_fields("direction_{}", pa.float32(), "true direction, {}"),
        *vector_fields(
            "start_{}", pa.float32(), "true start of the track, {}, from the grid's corner", "voxel"
        ),
        SIGMA_UM,
        ENERGY_KEV,
    ]
)
CHARGE = field("charge", pa.list_(pa.float32()), "measured charge per voxel, in electrons")
MEASURED = SCHEMA.set(SCHEMA.names.index("counts"), CHARGE)


@dataclass(frozen=True)
class VoxelBatch:
    """A batch of n events with N occupied voxels in total; event i has offsets[i]:offsets[i+1].

    Voxel centres lie at (index + 0.5) voxel sizes from the grid's corner.
    """

    source: np.ndarray  # str [n]
    event_id: np.ndarray  # int64 [n]
    offsets: np.ndarray  # int64 [n + 1], starts at 0
    voxels: np.ndarray  # int32 [N], (ix * bins + iy) * bins + iz, sorted within an event
    counts: np.ndarray  # electrons uint16 [N], or charge float32 [N] if a response measured them
    direction: np.ndarray  # float32 [n, 3], unit vectors
    start: np.ndarray  # float32 [n, 3], in voxels from the grid's corner
    sigma_um: np.ndarray  # float32 [n]
    energy_keV: np.ndarray  # float32 [n]

    def __len__(self) -> int:
        return len(self.event_id)

    @property
    def electrons(self) -> np.ndarray:
        """Electrons or measured charge of each event, float64 [n]."""
        return np.diff(np.append(0.0, np.cumsum(self.counts, dtype=np.float64))[self.offsets])

    @property
    def occupied_voxels(self) -> np.ndarray:
        """Number of voxels of each event, int64 [n]."""
        return np.diff(self.offsets)

    def take(self, index: np.ndarray) -> "VoxelBatch":
        """Select the events `index` (int [m]), in that order."""
        offsets, rows = parquet_io.take_ragged(self.offsets, index)
        kept = {
            f.name: getattr(self, f.name)[index]
            for f in fields(self)
            if f.name not in ("offsets", "voxels", "counts")
        }
        return VoxelBatch(
            offsets=offsets, voxels=self.voxels[rows], counts=self.counts[rows], **kept
        )


def concatenate(batches: list[VoxelBatch]) -> VoxelBatch:
    """Join several batches into one."""
    lengths = np.concatenate([np.diff(b.offsets) for b in batches])
    joined = {
        f.name: np.concatenate([getattr(b, f.name) for b in batches])
        for f in fields(VoxelBatch)
        if f.name != "offsets"
    }
    return VoxelBatch(offsets=np.concatenate([[0], np.cumsum(lengths)]), **joined)


# Voxel indices are sorted: their differences are small.
ENCODING: dict[str, Any] = {
    "compression_level": 1,
    "use_dictionary": ["source", "sigma_um", "energy_keV", "counts.list.element"],
    "column_encoding": {"voxels.list.element": "DELTA_BINARY_PACKED"},
}


def write_shard(
    path: str | Path,
    batches: Iterable[VoxelBatch],
    bins: int,
    voxel_um: float | tuple[float, float, float],
    drift: Drift | None = None,
    **metadata: str,
) -> int:
    """Write one shard and return its number of events; memory is bounded by one batch.

    `drift` is what the readout of measured charges shows of it; None: the batches count electrons.
    """
    version = {"version": "1"} if drift is None else {"version": "2", "drift": drift}
    schema = (SCHEMA if drift is None else MEASURED).with_metadata(
        {
            "table": "voxels",
            **version,
            "bins": str(bins),
            "voxel_um": json.dumps(voxel_um),
            **metadata,
        }
    )
    tables = (_to_arrow(batch, schema) for batch in batches)
    return parquet_io.write_batches(path, tables, schema, EVENTS_PER_ROW_GROUP, **ENCODING)


@dataclass(frozen=True)
class Shard:
    """Size and grid of a shard file, without its events."""

    path: Path
    events: int
    row_groups: int
    bins: int
    cell_um: tuple[float, float, float]
    drift: Drift

    def orientations(self) -> list[Orientation]:
        """The symmetries of its events; see `config.symmetry`."""
        return orientations(self.cell_um, self.drift)


def open_shard(path: str | Path) -> Shard:
    """Read a shard's footer.

    Raises:
        ValueError: the file is not a readable voxel shard.
    """
    with parquet_io.open_parquet(path, "voxel shard") as file:
        metadata = file.schema_arrow.metadata or {}
        try:
            bins, voxel_um = int(metadata[b"bins"]), json.loads(metadata[b"voxel_um"])
            x, y, z = voxel_um if isinstance(voxel_um, list) else [voxel_um] * 3
            drift: Any = metadata.get(b"drift", b"none").decode()
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path}: not a voxel shard; delete it and rerun") from error
        return Shard(
            path=Path(path),
            events=file.metadata.num_rows,
            row_groups=file.num_row_groups,
            bins=bins,
            cell_um=(float(x), float(y), float(z)),
            drift=drift,
        )


def read_row_group(path: str | Path, group: int) -> VoxelBatch:
    """One row group of a shard.

    Raises:
        ValueError: the file is damaged.
    """
    with parquet_io.open_parquet(path, "voxel shard") as file:
        return _from_arrow(file.read_row_group(group))


def read_shard(path: str | Path) -> Iterator[VoxelBatch]:
    """All row groups of a shard, in order."""
    for group in range(open_shard(path).row_groups):
        yield read_row_group(path, group)


def read_starts(path: str | Path) -> pd.DataFrame:
    """Rows of source, event_id and `TRUE_START`: true starts of the tracks from the grid's centre.

    Raises:
        ValueError: the file is damaged or no voxel shard.
    """
    shard = open_shard(path)
    with parquet_io.open_parquet(path, "voxel shard") as file:
        table = file.read(["source", "event_id", *(f"start_{axis}" for axis in "xyz")])
    start = parquet_io.vectors_of(table, "start_{}").astype(np.float64)
    start_um = (start - shard.bins / 2) * shard.cell_um
    return (
        table.select(["source", "event_id"])
        .to_pandas()
        .assign(**dict(zip(TRUE_START, start_um.T, strict=True)))
    )


def with_true_start(events: pd.DataFrame, shards: Iterable[str | Path]) -> pd.DataFrame:
    """Events, by source and event_id, with their true starts, which are among those in shards.

    Raises:
        ValueError: the shards lack an event; see also `read_starts`.
    """
    known = pd.concat(map(read_starts, shards), ignore_index=True)
    found = events.astype({"source": str}).merge(
        known.astype({"source": str}), how="left", on=["source", "event_id"], indicator="place"
    )
    if len(found) != len(events) or not (found["place"] == "both").all():
        raise ValueError(
            f"the voxel shards {', '.join(map(str, shards))} hold other events than the "
            "predictions; run both again"
        )
    return events.assign(**{name: found[name].to_numpy() for name in TRUE_START})


def voxel_centres(voxels: np.ndarray, bins: int) -> np.ndarray:
    """Centres float32 [N, 3], in voxels from the grid's corner, of flat indices int32 [N].

    >>> voxel_centres(np.array([0, 1, 120]), bins=120).tolist()
    [[0.5, 0.5, 0.5], [0.5, 0.5, 1.5], [0.5, 1.5, 0.5]]
    """
    ix, rest = np.divmod(voxels, bins * bins)
    iy, iz = np.divmod(rest, bins)
    return np.stack([ix, iy, iz], axis=1).astype(np.float32) + np.float32(0.5)


def _to_arrow(batch: VoxelBatch, schema: pa.Schema) -> pa.Table:
    columns = {
        "source": pa.array(batch.source).dictionary_encode(),
        "event_id": batch.event_id,
        "voxels": ragged(batch.voxels, batch.offsets, pa.int32()),
        _amount(schema): ragged(
            batch.counts, batch.offsets, pa.from_numpy_dtype(batch.counts.dtype)
        ),
        **parquet_io.vector_columns("direction_{}", batch.direction),
        **parquet_io.vector_columns("start_{}", batch.start),
        "sigma_um": batch.sigma_um,
        "energy_keV": batch.energy_keV,
    }
    return parquet_io.as_table(columns, schema)


def _amount(schema: pa.Schema) -> str:
    return "charge" if "charge" in schema.names else "counts"


def _from_arrow(table: pa.Table) -> VoxelBatch:
    offsets, (voxels, counts) = parquet_io.flat_together(
        [table["voxels"], table[_amount(table.schema)]]
    )
    return VoxelBatch(
        source=table["source"].to_numpy().astype(str),
        event_id=table["event_id"].to_numpy(),
        offsets=offsets,
        voxels=voxels,
        counts=counts,
        direction=parquet_io.vectors_of(table, "direction_{}"),
        start=parquet_io.vectors_of(table, "start_{}"),
        sigma_um=table["sigma_um"].to_numpy(),
        energy_keV=table["energy_keV"].to_numpy(),
    )
