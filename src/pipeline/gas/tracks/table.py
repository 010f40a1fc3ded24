"""The track table: ionisation electrons of many recoils, one Parquet row per recoil.

All sources, simulated or read, are written in this form; later stages read no other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core import parquet_io
from pipeline.core.parquet_io import field, ragged, vector_fields
from pipeline.physics.event_columns import ENERGY_KEV

EVENTS_PER_ROW_GROUP = 256
DETAILS = ("t_ps", "flags")

FLAG_FLUORESCENCE, FLAG_PAIR, FLAG_BREMSSTRAHLUNG = 1, 2, 4


SCHEMA = pa.schema(
    [
        field("event_id", pa.int64(), "number unique within the source"),
        field("source_event", pa.int64(), "event number in the file it came from"),
        ENERGY_KEV,
        *vector_fields("{}_um", pa.list_(pa.float32()), "ionisation electrons, {}", "um"),
        field("t_ps", pa.list_(pa.float32()), "creation time; null where unknown", "ps"),
        field(
            "flags",
            pa.list_(pa.uint8()),
            "1 fluorescence, 2 pair production, 4 bremsstrahlung; null where unknown",
        ),
        *vector_fields("start_{}_um", pa.float32(), "true start of the track, {}", "um"),
        *vector_fields("direction_{}", pa.float32(), "true initial direction, {}"),
    ]
)


class Electrons(NamedTuple):
    """Ionisation electrons of n events; event i has rows offsets[i]:offsets[i+1]."""

    positions_um: np.ndarray  # float [N, 3]
    offsets: np.ndarray  # int64 [n + 1], starts at 0


@dataclass(frozen=True)
class TrackBatch:
    """A batch of n tracks with N ionisation electrons in total.

    Electrons of track i are rows offsets[i]:offsets[i+1] of the per-electron arrays.
    """

    event_id: np.ndarray  # int64 [n]
    source_event: np.ndarray  # int64 [n]
    energy_keV: np.ndarray  # float32 [n]
    offsets: np.ndarray  # int64 [n + 1], starts at 0
    positions_um: np.ndarray  # float32 [N, 3]
    times_ps: np.ndarray | None  # float32 [N]
    flags: np.ndarray | None  # uint8 [N]
    start_um: np.ndarray  # float32 [n, 3]
    direction: np.ndarray  # float32 [n, 3], unit vectors

    def __len__(self) -> int:
        return len(self.event_id)

    @property
    def electrons(self) -> Electrons:
        """The ionisation electrons of the tracks."""
        return Electrons(self.positions_um, self.offsets)

    def take(self, index: np.ndarray) -> "TrackBatch":
        """Select the tracks `index` (int [m]), in that order."""
        offsets, rows = parquet_io.take_ragged(self.offsets, index)
        return TrackBatch(
            event_id=self.event_id[index],
            source_event=self.source_event[index],
            energy_keV=self.energy_keV[index],
            offsets=offsets,
            positions_um=self.positions_um[rows],
            times_ps=None if self.times_ps is None else self.times_ps[rows],
            flags=None if self.flags is None else self.flags[rows],
            start_um=self.start_um[index],
            direction=self.direction[index],
        )


_ENCODING: dict[str, Any] = {
    "compression_level": 1,
    # Coordinates rarely repeat: a dictionary costs time and saves no space.
    "use_dictionary": ["flags.list.element", "energy_keV"],
    "use_byte_stream_split": [f"{a}_um.list.element" for a in "xyz"],
}


def write_tracks(path: str | Path, batches: Iterable[TrackBatch], metadata: dict[str, str]) -> int:
    """Write batches as one track table and return the number of tracks.

    Memory is bounded by one batch plus one row group. `metadata` goes into the file's schema.
    """
    schema = SCHEMA.with_metadata({"table": "tracks", "version": "1", **metadata})
    tables = (_to_arrow(batch, schema) for batch in batches)
    return parquet_io.write_batches(path, tables, schema, EVENTS_PER_ROW_GROUP, **_ENCODING)


def read_tracks(path: str | Path, details: bool = False) -> Iterator[TrackBatch]:
    """Yield the table's row groups in order, with times and flags only if `details` is true.

    Raises:
        ValueError: the file is not a readable track table.
    """
    with parquet_io.open_parquet(path, "track table") as file:
        columns = _columns(file, path, details)
        for group in range(file.num_row_groups):
            yield _from_arrow(file.read_row_group(group, columns=columns))


def read_track_group(path: str | Path, group: int) -> TrackBatch:
    """One row group of the table, without times and flags.

    Raises:
        ValueError: the file is not a readable track table.
    """
    with parquet_io.open_parquet(path, "track table") as file:
        return _from_arrow(file.read_row_group(group, columns=_columns(file, path, details=False)))


def count_track_groups(path: str | Path) -> int:
    """Number of row groups in the table.

    Raises:
        ValueError: the file is damaged.
    """
    with parquet_io.open_parquet(path, "track table") as file:
        return file.num_row_groups


def count_tracks(path: str | Path) -> int:
    """Number of tracks in the table, from its footer.

    Raises:
        ValueError: the file is damaged.
    """
    return parquet_io.count_rows(path, "track table")


def _columns(file: pq.ParquetFile, path: str | Path, details: bool) -> list[str]:
    missing = set(SCHEMA.names) - set(file.schema_arrow.names)
    if missing:
        raise ValueError(
            f"{path}: not a track table, columns {sorted(missing)} are missing; "
            "read other Parquet files through a source of kind 'parquet'"
        )
    return [name for name in SCHEMA.names if details or name not in DETAILS]


def _to_arrow(batch: TrackBatch, schema: pa.Schema) -> pa.Table:
    n = len(batch)
    electrons = parquet_io.vector_columns("{}_um", batch.positions_um)
    columns = {
        "event_id": batch.event_id,
        "source_event": batch.source_event,
        "energy_keV": batch.energy_keV,
        **{name: ragged(axis, batch.offsets, pa.float32()) for name, axis in electrons.items()},
        "t_ps": _optional(batch.times_ps, batch.offsets, pa.float32(), n),
        "flags": _optional(batch.flags, batch.offsets, pa.uint8(), n),
        **parquet_io.vector_columns("start_{}_um", batch.start_um),
        **parquet_io.vector_columns("direction_{}", batch.direction),
    }
    return parquet_io.as_table(columns, schema)


def _optional(
    values: np.ndarray | None, offsets: np.ndarray, kind: pa.DataType, n: int
) -> pa.Array:
    return pa.nulls(n, pa.list_(kind)) if values is None else ragged(values, offsets, kind)


def _from_arrow(table: pa.Table) -> TrackBatch:
    def column(name: str) -> np.ndarray:
        return table[name].to_numpy()

    def optional(name: str) -> np.ndarray | None:
        if name not in table.column_names or table[name].null_count:
            return None
        return parquet_io.flat_together([table["x_um"], table[name]])[1][1]

    offsets, axes = parquet_io.flat_together([table[f"{a}_um"] for a in "xyz"])
    return TrackBatch(
        event_id=column("event_id"),
        source_event=column("source_event"),
        energy_keV=column("energy_keV"),
        offsets=offsets,
        positions_um=np.stack(axes, axis=1),
        times_ps=optional("t_ps"),
        flags=optional("flags"),
        start_um=parquet_io.vectors_of(table, "start_{}_um"),
        direction=parquet_io.vectors_of(table, "direction_{}"),
    )
