"""Result tables on disk: CSV or Parquet, by the ending of the file's name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.core.files import atomic_write
from pipeline.core.parquet_io import write_batches

# Arguments of a function that a rule calls by its name: paths by name, and plain settings.
Inputs = Mapping[str, Sequence[str]]
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Described:
    """A Parquet table whose columns are described; its pieces may be made while it is written."""

    schema: pa.Schema
    pieces: Iterable[pa.Table]

    @classmethod
    def of(cls, frame: pd.DataFrame, schema: pa.Schema) -> "Described":
        """A table in one piece; KeyError if `frame` has not all columns of the schema."""
        return cls(schema, [pa.Table.from_pandas(frame, schema, preserve_index=False)])


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV or Parquet table."""
    return pd.read_csv(path) if str(path).endswith(".csv") else pd.read_parquet(path)


def read_tables(paths: Iterable[str | Path]) -> pd.DataFrame:
    """Read tables of the same columns and join their rows in the order of `paths`."""
    return pd.concat(map(read_table, paths), ignore_index=True)


def write_tables(
    paths: Mapping[str, str | Path], tables: Mapping[str, pd.DataFrame | Described]
) -> None:
    """Write each table to the path of its name, a described one with checksums.

    Raises:
        KeyError: a path has no table.
    """
    for name, path in paths.items():
        table = tables[name]
        if isinstance(table, Described):
            write_batches(path, table.pieces, table.schema)
            continue
        with atomic_write(path) as temporary:
            if str(path).endswith(".csv"):
                table.to_csv(temporary, index=False)
            else:
                table.to_parquet(temporary)
