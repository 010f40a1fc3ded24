"""Reader of Parquet tables with one row per event; the config names the columns."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.core.ingestion import BadEvents
from pipeline.core.user_files import user_parquet
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
        BadEventError: a row has an unknown recoil type and the policy is to stop.
        ValueError: the file is not readable, or a column is missing or of another type.
    """
    names = sample.columns
    wanted = [name for name in names.plain().values() if name]

    def check(schema: pa.Schema) -> None:
        _check_types(schema, path, names)

    for first, rows in user_parquet(path, wanted, check, BATCH_EVENTS, "sample"):
        yield _batch(rows, first, sample, bad)


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
        """The column as float64 [n]; NaN where the table has no value."""
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
