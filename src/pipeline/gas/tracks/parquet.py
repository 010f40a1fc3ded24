"""Reader of Parquet tables with one row per event and list columns of coordinates."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.ingestion import BadEvents
from pipeline.core.parquet_io import flat
from pipeline.core.user_files import user_parquet
from pipeline.gas.config.sources import Parquet
from pipeline.gas.tracks.raw import BATCH_EVENTS, ENERGY_KEV, LENGTH_UM, TIME_PS, RawBatch


def read_parquet(path: str | Path, source: Parquet, bad: BadEvents) -> Iterator[RawBatch]:
    """Yield the rows of the table in batches.

    Raises:
        BadEventError: a row has coordinates of unequal lengths and the policy is to stop.
        ValueError: the file or a column differs from the config.
    """
    names = source.columns
    wanted = [n for n in (names.event, names.x, names.y, names.z, names.t, names.energy) if n]

    def check(schema: pa.Schema) -> None:
        _check_types(schema, path, source)

    for first, rows in user_parquet(path, wanted, check, BATCH_EVENTS, "source"):
        yield _batch(pa.Table.from_batches([rows]), first, source, bad)


def _check_types(schema: pa.Schema, path: str | Path, source: Parquet) -> None:
    names = source.columns

    def check(name: str, right: bool, expected: str) -> None:
        if not right:
            raise ValueError(
                f"{path}: column '{name}' holds {schema.field(name).type}, expected {expected}"
            )

    for name in _jagged(source):
        kind = schema.field(name).type
        is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
        check(name, is_list and _is_number(kind.value_type), "lists of numbers")
    if names.event:
        check(names.event, pa.types.is_integer(schema.field(names.event).type), "integers")
    if names.energy:
        check(names.energy, _is_number(schema.field(names.energy).type), "numbers")


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _jagged(source: Parquet) -> list[str]:
    names = source.columns
    return [n for n in (names.x, names.y, names.z, names.t) if n]


def _batch(rows: pa.Table, first: int, source: Parquet, bad: BadEvents) -> RawBatch:
    names = source.columns
    event = np.arange(first, first + len(rows))
    if names.event:
        event = rows[names.event].to_numpy().astype(np.int64)
    jagged = _jagged(source)
    lengths = np.stack([pc.list_value_length(rows[n]).fill_null(-1).to_numpy() for n in jagged])
    good = np.flatnonzero((lengths == lengths[0]).all(axis=0) & (lengths[0] >= 0))
    for i in np.setdiff1d(np.arange(len(event)), good):
        bad.found(int(event[i]), f"its columns have different lengths {lengths[:, i].tolist()}")
    rows = rows.take(pa.array(good))

    def values(name: str, factor: float) -> np.ndarray:
        return (flat(rows[name])[1].astype(np.float64) * factor).astype(np.float32)

    energy = None
    if names.energy:
        energy = rows[names.energy].to_numpy() * ENERGY_KEV[source.energy_unit]
    scale = LENGTH_UM[source.length_unit]
    return RawBatch(
        source_event=event[good],
        offsets=flat(rows[names.x])[0],
        positions_um=np.stack([values(n, scale) for n in jagged[:3]], axis=1),
        times_ps=values(names.t, TIME_PS[source.time_unit]) if names.t else None,
        energy_keV=energy,
    )
