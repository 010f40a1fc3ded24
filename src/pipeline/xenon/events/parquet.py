"""Reader of Parquet tables with one row an event, whatever their columns are called."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.ingestion import BadEvents
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.config.samples import EventColumns, ParquetEvents
from pipeline.xenon.events.raw import BATCH_EVENTS, RawEvents, recoil_code


def read_parquet(
    path: str | Path,
    sample: ParquetEvents,
    _geometry: Geometry | None,
    bad: BadEvents,
    _rng: np.random.Generator | None = None,
) -> Iterator[RawEvents]:
    """Yield the rows of the table in batches.

    Raises:
        BadEventError: a row of an unknown recoil type and the policy is to stop.
        ValueError: the file or a column is not what the config says.
    """
    names = sample.columns
    wanted = [name for name in names.plain().values() if name]
    try:
        with pq.ParquetFile(path) as file:
            missing = [name for name in wanted if name not in file.schema_arrow.names]
            if missing:
                raise ValueError(
                    f"{path}: no column {missing}; it has {file.schema_arrow.names}. "
                    "Name yours under `columns` of this sample"
                )
            _check_types(file.schema_arrow, path, names)
            first = 0
            for rows in file.iter_batches(BATCH_EVENTS, columns=wanted):
                yield _batch(rows, first, sample, bad)
                first += len(rows)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(f"{path}: not a readable Parquet file ({error})") from error


def _check_types(schema: pa.Schema, path: str | Path, names: EventColumns) -> None:
    for key, name in names.plain().items():
        if name is None or key == "recoil":
            continue
        kind = schema.field(name).type
        whole = pa.types.is_integer(kind)
        if not whole and (key == "event" or not pa.types.is_floating(kind)):
            expected = "integers" if key == "event" else "numbers"
            raise ValueError(f"{path}: column '{name}' holds {kind}, expected {expected}")


def _batch(rows: pa.RecordBatch, first: int, sample: ParquetEvents, bad: BadEvents) -> RawEvents:
    names = sample.columns
    n = len(rows)

    def numbers(name: str | None) -> np.ndarray:
        """Float64 [n], NaN where the table says nothing."""
        if name is None:
            return np.full(n, np.nan)
        return rows[name].cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)

    event = first + np.arange(n)
    if names.event:
        event = rows[names.event].fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    recoil, good = np.zeros(n, np.uint8), np.ones(n, bool)
    if sample.recoil:
        recoil[:] = recoil_code(sample.recoil)
    else:
        for i, name in enumerate(rows[names.recoil].to_pylist()):
            try:
                recoil[i] = recoil_code(str(name))
            except ValueError as error:
                good[i] = False
                bad.found(int(event[i]), str(error))
    return RawEvents(
        source_event=event,
        line=np.zeros(n, np.int64),
        recoil=recoil,
        energy_keV=numbers(names.energy),
        x_cm=numbers(names.x),
        y_cm=numbers(names.y),
        depth_cm=numbers(names.depth),
        photons=numbers(names.photons),
        electrons=numbers(names.electrons),
        excitons=numbers(names.excitons),
    ).take(np.flatnonzero(good))
