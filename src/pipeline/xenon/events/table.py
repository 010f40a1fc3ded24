"""The event table: recoils in liquid xenon and their quanta at the site, one Parquet row per event.

Events of all sources, generated or read, are stored in this format, which is the only input of the
detector response. The numbers of quanta do not depend on light or charge collection.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.core.parquet_io import as_table, count_rows, field, read_row_groups, write_batches

RECOILS = ("ER", "NR")  # names of the codes in `recoil`
UNKNOWN = -1  # number of excitons, or of all quanta, if the source does not contain it
UNKNOWN_RECOIL = 255  # of recorded events
EVENTS_PER_ROW_GROUP = 10_000

RECOIL = field("recoil", pa.uint8(), f"0 electronic (ER), 1 nuclear (NR), {UNKNOWN_RECOIL} unknown")
SCHEMA = pa.schema(
    [
        field("event_id", pa.int64(), "number unique within the sample"),
        field("source_event", pa.int64(), "event number in the file it came from"),
        RECOIL,
        field("energy_keV", pa.float32(), "true recoil energy; NaN where unknown", "keV"),
        field("x_cm", pa.float32(), "position from the axis, x", "cm"),
        field("y_cm", pa.float32(), "position from the axis, y", "cm"),
        field("depth_cm", pa.float32(), "position below the liquid's surface", "cm"),
        field("photons", pa.int32(), "photons emitted at the site"),
        field("electrons", pa.int32(), "electrons that escape recombination at the site"),
        field("excitons", pa.int32(), f"excitons made directly; {UNKNOWN} where unknown"),
    ]
)
# Columns with which every table of single events begins.
EVENT_COLUMNS = [SCHEMA.field(name) for name in ("event_id", "recoil", "energy_keV")]


@dataclass(frozen=True)
class EventBatch:
    """n events; one array for each column of `SCHEMA`, with the type of the column."""

    event_id: np.ndarray  # int64 [n]
    source_event: np.ndarray  # int64 [n]
    recoil: np.ndarray  # uint8 [n], index in RECOILS
    energy_keV: np.ndarray  # float32 [n], NaN where unknown
    x_cm: np.ndarray  # float32 [n]
    y_cm: np.ndarray  # float32 [n]
    depth_cm: np.ndarray  # float32 [n], 0 at the surface
    photons: np.ndarray  # int32 [n]
    electrons: np.ndarray  # int32 [n]
    excitons: np.ndarray  # int32 [n], UNKNOWN where unknown

    def __len__(self) -> int:
        return len(self.event_id)


def write_events(path: str | Path, batches: Iterable[EventBatch], metadata: dict[str, str]) -> int:
    """Write batches as one event table and return the number of events.

    Memory is bounded by one batch. `metadata` is stored in the schema of the file.
    """
    schema = SCHEMA.with_metadata({"table": "xenon events", "version": "1", **metadata})
    tables = (as_table(vars(batch), schema) for batch in batches)
    return write_batches(path, tables, schema, EVENTS_PER_ROW_GROUP)


def read_events(path: str | Path) -> Iterator[EventBatch]:
    """Yield the row groups of the table in order.

    Raises:
        ValueError: the file is not a readable event table.
    """
    hint = "; bring other Parquet files in through a sample of kind 'parquet'"
    for rows in read_row_groups(path, "event table", SCHEMA.names, hint):
        yield EventBatch(*(rows[f.name].to_numpy() for f in fields(EventBatch)))


def count_events(path: str | Path) -> int:
    """Number of events in the table, from its footer.

    Raises:
        ValueError: the file is damaged.
    """
    return count_rows(path, "event table")
