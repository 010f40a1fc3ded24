"""Columns of Parquet tables by name."""

import numpy as np
import pyarrow as pa
import pytest

from pipeline.core.parquet_io import (
    as_table,
    field,
    ragged,
    vector_columns,
    vector_fields,
    vectors_of,
)

SCHEMA = pa.schema(
    [
        field("event_id", pa.int64(), "number"),
        *vector_fields("start_{}_um", pa.float32(), "start, {}", "um"),
        field("hits", pa.list_(pa.uint16()), "hits"),
    ]
)
COLUMNS = {
    "hits": ragged(np.array([7, 8, 9]), np.array([0, 2, 3]), pa.uint16()),
    **vector_columns("start_{}_um", np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])),
    "event_id": np.array([3, 5], np.uint8),
}


def test_columns_by_name_get_the_order_and_the_types_of_the_schema():
    table = as_table(COLUMNS, SCHEMA)
    assert table.schema.equals(SCHEMA, check_metadata=True)
    assert table["event_id"].to_pylist() == [3, 5]
    assert table["start_y_um"].to_pylist() == [2, 5]
    assert table["hits"].to_pylist() == [[7, 8], [9]]


def test_vectors_come_back_as_they_went_in():
    vectors = vectors_of(as_table(COLUMNS, SCHEMA), "start_{}_um")
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_missing_column_is_named():
    with pytest.raises(KeyError, match="hits"):
        as_table({name: values for name, values in COLUMNS.items() if name != "hits"}, SCHEMA)
