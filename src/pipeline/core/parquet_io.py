"""Columns of the pipeline's Parquet tables: described fields and ragged lists.

Tables of events hold their electrons or voxels as list columns; in memory these are flat values
with offsets, event i owning offsets[i]:offsets[i+1].
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.files import atomic_write
from pipeline.core.parquet_checksum import append_checksum, footer_is_intact, is_intact


def field(name: str, kind: pa.DataType, text: str, unit: str = "") -> pa.Field:
    """A column with its description and unit in the metadata."""
    return pa.field(name, kind, metadata={"description": text, **({"unit": unit} if unit else {})})


def vector_fields(name: str, kind: pa.DataType, text: str, unit: str = "") -> list[pa.Field]:
    """Columns of the components of a vector: x, y, z in place of `{}` in the name and the text."""
    return [field(name.format(axis), kind, text.format(axis), unit) for axis in "xyz"]


def vector_columns(name: str, vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of vectors [n, 3] by name, as `vector_fields` names them."""
    return {name.format(axis): vectors[:, i] for i, axis in enumerate("xyz")}


def vectors_of(table: pa.Table, name: str) -> np.ndarray:
    """The vectors [n, 3] of the columns that `vector_fields` names."""
    return np.stack([table[name.format(axis)].to_numpy() for axis in "xyz"], axis=1)


def as_table(columns: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    """The table of a schema from arrays by name, which are converted to its types."""
    arrays = [pa.array(columns[column.name]).cast(column.type) for column in schema]
    return pa.table(arrays, schema=schema)


@contextmanager
def open_parquet(path: str | Path, what: str) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file that this pipeline wrote; every part that is read is checked.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged or of another program; `what` names it in the message.
    """
    if not footer_is_intact(path):
        raise _damaged(path, what, "the checksum of its footer is wrong or missing")
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, what, str(error)) from error


def read_row_groups(
    path: str | Path, what: str, columns: Sequence[str], hint: str = ""
) -> Iterator[pa.Table]:
    """Yield the row groups of a Parquet file that this pipeline wrote, with these columns.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, or has not all of the columns; `what` names the kind of
            file in the message, `hint` says what to do about other files.
    """
    with open_parquet(path, what) as file:
        missing = set(columns) - set(file.schema_arrow.names)
        if missing:
            raise ValueError(
                f"{path}: not a readable {what}, columns {sorted(missing)} are missing{hint}"
            )
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=list(columns))


def count_rows(path: str | Path, what: str) -> int:
    """Number of rows of a Parquet file that this pipeline wrote, from its footer.

    Raises:
        ValueError: the file is damaged; `what` names the kind of file in the message.
    """
    with open_parquet(path, what) as file:
        return int(file.metadata.num_rows)


def check_parquet(paths: Iterable[str | Path], what: str) -> None:
    """Check every byte of files that `write_batches` wrote, about 1 GB/s.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a file is damaged or of another program; `what` names it in the message.
    """
    for path in paths:
        if not is_intact(path):
            raise _damaged(path, what, "its checksum is wrong or missing")


def write_batches(
    path: str | Path,
    tables: Iterable[pa.Table],
    schema: pa.Schema,
    rows_per_group: int | None = None,
    **options: Any,
) -> int:
    """Write tables as one Parquet file with checksums; return the number of rows.

    Each table begins a row group. `options` are those of `pyarrow.parquet.ParquetWriter`. Memory
    is bounded by one table.
    """
    written = 0
    with atomic_write(path) as temporary:
        with pq.ParquetWriter(
            temporary, schema, compression="zstd", write_page_checksum=True, **options
        ) as writer:
            for table in tables:
                writer.write_table(table, row_group_size=rows_per_group)
                written += len(table)
        append_checksum(temporary)
    return written


def ragged(values: np.ndarray, offsets: np.ndarray, kind: pa.DataType) -> pa.Array:
    """A Parquet list column from flat values and offsets, without a copy of the values."""
    return pa.ListArray.from_arrays(
        pa.array(offsets.astype(np.int32)), pa.array(values, type=kind), type=pa.list_(kind)
    )


def flat(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Offsets from 0 (int64 [n + 1]) and flat values of a list column."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    offsets = array.offsets.to_numpy().astype(np.int64)
    values = array.values.slice(offsets[0], offsets[-1] - offsets[0]).to_numpy(zero_copy_only=False)
    return offsets - offsets[0], values


def flat_together(columns: list[pa.ChunkedArray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Offsets and flat values, as of `flat`, of list columns whose lists have the same lengths.

    Raises:
        pa.ArrowInvalid: the lengths differ: a page's header is damaged, which no checksum covers.
    """
    offsets, values = zip(*(flat(column) for column in columns), strict=True)
    if not all(np.array_equal(offsets[0], other) for other in offsets):
        raise pa.ArrowInvalid("list columns differ in length")
    return offsets[0], list(values)


def take_ragged(offsets: np.ndarray, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Offsets of the events `index` (int [m]), in that order, and the rows of their flat values."""
    lengths = np.diff(offsets)[index]
    taken = np.concatenate([[0], np.cumsum(lengths)])
    rows = np.repeat(offsets[index] - taken[:-1], lengths) + np.arange(taken[-1])
    return taken, rows


def _damaged(path: str | Path, what: str, reason: str) -> ValueError:
    return ValueError(f"{path}: damaged {what} ({reason}); delete it and rerun")
