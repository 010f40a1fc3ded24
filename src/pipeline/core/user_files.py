"""Opening files that other programs wrote, with errors that name what to change in the config."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TextIO
from warnings import catch_warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.errors import ParserWarning

SEPARATORS = ",;\t"  # spreadsheets use semicolons where the comma is the decimal sign


def decoded(raw: IO[bytes], newline: str | None = None) -> TextIO:
    """The text of a user's file, without the byte-order mark that some programs put first.

    Spreadsheets mark UTF-8, Windows PowerShell writes UTF-16. Other bytes than text become marks of
    replacement, so the reader's own message names the line. `newline` is that of `open`.
    """
    buffered = io.BufferedReader(raw)  # type: ignore[type-var]
    wide = buffered.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding = "utf-16" if wide else "utf-8-sig"
    return io.TextIOWrapper(buffered, encoding, errors="replace", newline=newline)


def user_text(path: str | Path, newline: str | None = None) -> TextIO:
    """Open a user's text file; see `decoded`."""
    return decoded(open(path, "rb"), newline)


def separator(text: TextIO, comment: str = "#") -> str:
    """The one of `SEPARATORS` that the first line of a table has most of; goes back to the start.

    Empty lines and lines that begin with `comment` come before the table.
    """
    first = ""
    while (line := text.readline()) and not first:
        first = "" if line.startswith(comment) else line.strip("\r\n")
    text.seek(0)
    return max(SEPARATORS, key=first.count)


def csv_rows(path: str | Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of its line and the stripped cells of each row of a user's CSV file.

    Cells are separated by commas, semicolons or tabs. Rows without any content are left out.
    """
    with user_text(path, newline="") as text:
        reader = csv.reader(text, delimiter=separator(text), skipinitialspace=True)
        for cells in reader:
            if any(stripped := [cell.strip() for cell in cells]):
                yield reader.line_num, stripped


def user_numbers(path: str | Path, columns: Sequence[str]) -> np.ndarray:
    """Columns of a user's table, CSV or Parquet, float64 [rows, columns]; NaN in empty cells.

    Commas, semicolons or tabs separate the columns of a CSV file.

    Raises:
        ValueError: the file is not such a table.
    """
    try:
        if str(path).endswith(".parquet"):
            table = pd.read_parquet(path)
        else:
            # A warning says that rows have more cells than the header.
            with user_text(path) as text, catch_warnings(action="error", category=ParserWarning):
                table = pd.read_csv(
                    text, sep=separator(text), comment="#", skipinitialspace=True, index_col=False
                )
        return np.column_stack([table[name].to_numpy(np.float64) for name in columns])
    except (KeyError, TypeError, ValueError, ParserWarning) as error:
        raise ValueError(
            f"{path}: expected a table of numbers, CSV or Parquet, with the columns "
            f"{','.join(columns)} ({error})"
        ) from None


def user_parquet(
    path: str | Path,
    columns: Sequence[str],
    check: Callable[[pa.Schema], None],
    rows_per_batch: int,
    owner: str,
    more: Callable[[list[str]], list[str]] | None = None,
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield the number of the first row and the rows of a user's Parquet file, batch by batch.

    `check` raises ValueError for columns of a wrong type; `owner` is the block that names the
    columns, "source" for example. `more` picks further columns from the names of all.

    Raises:
        ValueError: the file is unreadable, or a column is missing or of a wrong type.
    """
    try:
        with pq.ParquetFile(path) as file:
            missing = [name for name in columns if name not in file.schema_arrow.names]
            if missing:
                raise ValueError(
                    f"{path}: no column {missing}; it has {file.schema_arrow.names}. "
                    f"Name yours under `columns` of this {owner}"
                )
            check(file.schema_arrow)
            first = 0
            wanted = [*columns, *(more(file.schema_arrow.names) if more else [])]
            for rows in file.iter_batches(rows_per_batch, columns=wanted):
                yield first, rows
                first += len(rows)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(f"{path}: not a readable Parquet file ({error})") from error
