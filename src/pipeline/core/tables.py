"""Result tables on disk: CSV or Parquet, by the ending of the file's name."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.core.files import atomic_write

# Arguments of a function that a rule calls by its name: paths by name, and plain settings.
Inputs = Mapping[str, Sequence[str]]
Params = Mapping[str, Any]


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV or Parquet table."""
    return pd.read_csv(path) if str(path).endswith(".csv") else pd.read_parquet(path)


def read_tables(paths: Iterable[str | Path]) -> pd.DataFrame:
    """Read tables of the same columns and join their rows in the order of `paths`."""
    return pd.concat(map(read_table, paths), ignore_index=True)


def write_tables(paths: Mapping[str, str | Path], tables: Mapping[str, pd.DataFrame]) -> None:
    """Write each table to the path of its name.

    Raises:
        KeyError: a path has no table.
    """
    for name, path in paths.items():
        with atomic_write(path) as temporary:
            if str(path).endswith(".csv"):
                tables[name].to_csv(temporary, index=False)
            else:
                tables[name].to_parquet(temporary)
