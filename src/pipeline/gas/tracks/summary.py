"""The event summary of a track table: what is needed to hold a source against its tracks.

One row for each event of the table, a hundred bytes instead of its electrons.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.core.parquet_io import (
    as_table,
    field,
    open_parquet,
    vector_columns,
    vector_fields,
    write_batches,
)
from pipeline.gas.tracks.table import TrackBatch

# Electrons near the start lie within this number over the number of electrons, times the track's
# size: 1 mm at 40-50 keV in He:CO2 70:30 at 1 atm, a larger share of tracks with few electrons.
NEAR = 150.0

SCHEMA = pa.schema(
    [
        field("source_event", pa.int64(), "event number in the file it came from"),
        field("energy_keV", pa.float64(), "recoil energy", "keV"),
        field("electrons", pa.int64(), "ionisation electrons"),
        *vector_fields("centre_{}_um", pa.float64(), "mean of the electrons, {}", "um"),
        field("size_um", pa.float64(), "rms distance of the electrons from their mean", "um"),
        field("near", pa.int64(), "electrons near the stated start"),
        *vector_fields("near_{}", pa.float64(), "their mean unit vector from the start, {}"),
        field("cosine", pa.float64(), "its component along the stated direction; NaN without any"),
    ]
)


def event_summary(batch: TrackBatch) -> pa.Table:
    """The rows of a batch of tracks; see `SCHEMA`."""
    lengths = np.diff(batch.offsets)
    owner = np.repeat(np.arange(len(batch)), lengths)

    def totals(values: np.ndarray) -> np.ndarray:
        return np.stack([np.bincount(owner, axis, len(batch)) for axis in values.T], axis=1)

    positions = batch.positions_um.astype(np.float64)
    centre = totals(positions) / lengths[:, None]
    spread = np.sum((positions - centre[owner]) ** 2, axis=1)
    size = np.sqrt(np.bincount(owner, spread, len(batch)) / lengths)
    away = positions - batch.start_um[owner]
    distance = np.linalg.norm(away, axis=1)
    near = distance <= (size * np.minimum(1.0, NEAR / lengths))[owner]
    unit = np.where(near & (distance > 0), 1.0, 0.0)[:, None] * away
    unit /= np.where(distance > 0, distance, 1.0)[:, None]
    count = np.bincount(owner, near & (distance > 0), len(batch))
    with np.errstate(invalid="ignore"):
        mean = totals(unit) / count[:, None]
    columns = {
        "source_event": batch.source_event,
        "energy_keV": batch.energy_keV,
        "electrons": lengths,
        **vector_columns("centre_{}_um", centre),
        "size_um": size,
        "near": np.bincount(owner, near, len(batch)),
        **vector_columns("near_{}", mean),
        "cosine": np.sum(mean * batch.direction, axis=1),
    }
    return as_table(columns, SCHEMA)


def write_summary(path: str | Path, tables: Iterable[pa.Table], file: str) -> None:
    """Write the summary of one file or part, whose name goes into the metadata as `input`."""
    schema = SCHEMA.with_metadata({"table": "event summary", "version": "1", "input": file})
    write_batches(path, (table.cast(schema) for table in tables), schema)


def read_summary(path: str | Path) -> pd.DataFrame:
    """The rows of a summary, with the name of its file or part in the column `file`.

    Raises:
        ValueError: the summary is damaged.
    """
    with open_parquet(path, "event summary") as file:
        name = file.schema_arrow.metadata[b"input"].decode()
        return file.read().to_pandas().assign(file=name)
