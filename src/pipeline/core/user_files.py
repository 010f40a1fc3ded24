"""Opening files that other programs wrote, with errors that name what to change in the config."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


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
