"""The event table: written values and units are read back; damaged files raise errors."""

from dataclasses import fields

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.schemas import check_schema

from pipeline.core.parquet_io import write_batches
from pipeline.xenon.events.table import (
    EVENTS_PER_ROW_GROUP,
    SCHEMA,
    EventBatch,
    count_events,
    read_events,
    write_events,
)


def made(events, first=0):
    rng = np.random.default_rng(first)
    columns = []
    for column in SCHEMA:
        kind = column.type.to_pandas_dtype()
        columns.append((rng.random(events) * (2 if kind == np.uint8 else 1e4)).astype(kind))
    return EventBatch(first + np.arange(events), *columns[1:])


def test_columns_are_those_of_the_batch():
    assert SCHEMA.names == [f.name for f in fields(EventBatch)]


def test_what_is_written_comes_back(tmp_path):
    path = tmp_path / "events.parquet"
    batches = [made(EVENTS_PER_ROW_GROUP + 5), made(3, first=99_999)]
    batches[1].energy_keV[0] = np.nan
    assert write_events(path, batches, {"input": "somewhere"}) == EVENTS_PER_ROW_GROUP + 8
    assert count_events(path) == EVENTS_PER_ROW_GROUP + 8
    read = list(read_events(path))
    assert max(map(len, read)) <= EVENTS_PER_ROW_GROUP
    for f in fields(EventBatch):
        written = np.concatenate([getattr(batch, f.name) for batch in batches])
        back = np.concatenate([getattr(batch, f.name) for batch in read])
        assert back.dtype == written.dtype
        np.testing.assert_array_equal(back, written)


def test_units_version_and_input_are_in_the_file(tmp_path):
    path = tmp_path / "events.parquet"
    write_events(path, [made(2)], {"input": "somewhere"})
    check_schema(pq.read_schema(path), version="1", input="somewhere")


def test_another_table_is_refused(tmp_path):
    path, table = tmp_path / "other.parquet", pa.table({"event_id": [1]})
    write_batches(path, [table], table.schema)
    with pytest.raises(ValueError, match=r"other\.parquet: not a readable event table, columns"):
        list(read_events(path))


def test_cut_file_is_damaged(tmp_path):
    path = tmp_path / "events.parquet"
    write_events(path, [made(50)], {})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match="damaged event table"):
        list(read_events(path))
