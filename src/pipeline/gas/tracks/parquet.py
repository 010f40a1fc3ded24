"""Reader of Parquet tables with one row per event and list columns of coordinates."""

from collections.abc import Iterator
from pathlib import Path

import awkward as ak
import pyarrow as pa

from pipeline.core.ingestion import BadEvents
from pipeline.core.user_files import user_parquet
from pipeline.gas.config.sources import Parquet
from pipeline.gas.tracks.points import named_columns, telling_columns, track_batch
from pipeline.gas.tracks.raw import BATCH_EVENTS, RawBatch

LISTS = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)


def read_parquet(path: str | Path, source: Parquet, bad: BadEvents) -> Iterator[RawBatch]:
    """Yield the rows of the table in batches.

    Raises:
        BadEventError: a row is not usable and the policy is to stop.
        ValueError: the file or a column differs from the config; see `track_batch`.
    """

    def check(schema: pa.Schema) -> None:
        _check_types(schema, path, source)

    def more(present: list[str]) -> list[str]:
        return telling_columns(source, present)

    named = named_columns(source)
    for first, rows in user_parquet(path, named, check, BATCH_EVENTS, "source", more):
        yield track_batch(ak.from_arrow(rows), first, path, source, bad)


def _check_types(schema: pa.Schema, path: str | Path, source: Parquet) -> None:
    names = source.columns

    def check(name: str, right: bool, expected: str) -> None:
        if not right:
            raise ValueError(
                f"{path}: column '{name}' holds {schema.field(name).type}, expected {expected}"
            )

    for name in _jagged(source):
        kind = schema.field(name).type
        is_list = any(is_kind(kind) for is_kind in LISTS)
        check(name, is_list and _is_number(kind.value_type), "lists of numbers")
    if names.event:
        check(names.event, _is_number(schema.field(names.event).type), "integers")
    single = [names.energy, names.count, *(names.direction or ()), *(names.start or ())]
    for name in (name for name in single if name):
        check(name, _is_number(schema.field(name).type), "numbers")


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _jagged(source: Parquet) -> list[str]:
    names = source.columns
    return [n for n in (names.x, names.y, names.z, names.t, names.charge) if n]
