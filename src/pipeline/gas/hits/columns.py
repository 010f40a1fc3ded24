"""Columns of files of measured events: which ones there must be, and of which type."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import awkward as ak
import numpy as np

from pipeline.gas.config.hits import Hits

KEYS = ("x", "y", "z", "drift_time", "charge", "event", "time")
DIRECTION = ("direction.0", "direction.1", "direction.2")
# One number for each event, also where hits are lists.
OF_EVENT = ("event", "time", *DIRECTION)
_WORDS = {1: "numbers", 2: "lists of numbers"}


def column_names(source: Hits) -> dict[str, str]:
    """Names of the columns that are read, by their key in `columns`."""
    names = {key: getattr(source.columns, key) for key in KEYS}
    names |= dict(zip(DIRECTION, source.columns.direction or (), strict=False))
    return {key: name for key, name in names.items() if name}


def checked(pieces: Iterable[ak.Array], path: str | Path, source: Hits) -> Iterator[ak.Array]:
    """The pieces of a file with the columns that are read.

    Raises:
        ValueError: a column is missing, does not hold numbers, or is no list where `x` is one.
    """
    names = column_names(source)
    for entries in pieces:
        if missing := [name for name in names.values() if name not in entries.fields]:
            raise missing_columns(path, missing, entries.fields)
        depth = _depth(entries[names["x"]])
        for key, name in names.items():
            wanted = [1, 2] if key == "x" else [1] if key in OF_EVENT else [depth]
            if _depth(entries[name]) not in wanted:
                expected = " or ".join(_WORDS[d] for d in wanted)
                like = f", as `{names['x']}` has" if key not in ("x", *OF_EVENT) else ""
                raise wrong_type(path, key, name, str(entries[name].type.content), expected + like)
        yield entries[[*dict.fromkeys(names.values())]]


def missing_columns(path: str | Path, missing: Sequence[str], found: Sequence[str]) -> ValueError:
    """The error for columns that are not in the file."""
    return ValueError(
        f"{path}: no column {missing}; it has {found}. Name yours under `columns` of this source"
    )


def wrong_type(path: str | Path, key: str, name: str, found: str, expected: str) -> ValueError:
    """The error for a column of a wrong type."""
    return ValueError(
        f"{path}: column `{name}` has the type {found}; expected {expected}. Change the file, or "
        f"name another column in `columns.{key}` of this source"
    )


def whole_numbers(column: ak.Array, path: str | Path, name: str) -> np.ndarray:
    """Event numbers int64 [n].

    Raises:
        ValueError: a value is missing or is no whole number.
    """
    values = ak.to_numpy(ak.fill_none(column, np.nan))
    if values.dtype.kind == "f":
        wrong = ~(np.isfinite(values) & (values == np.floor(values)))
        if wrong.any():
            raise ValueError(
                f"{path}: {wrong.sum()} of {len(values)} values of `{name}` are missing or no "
                f"whole numbers, {values[wrong][0]:g} for example; expected the number of the "
                "event in each entry"
            )
    return values.astype(np.int64)


def _depth(column: ak.Array) -> int:
    """1 for numbers, 2 for lists of them, and so on; 0 if it holds anything but numbers."""
    depth, layout = 1, column.layout
    while True:
        if layout.parameter("__array__") in ("string", "bytestring", "categorical"):
            return 0
        if layout.is_option or layout.is_indexed:
            layout = layout.content
        elif layout.is_list:
            depth, layout = depth + 1, layout.content
        elif layout.is_numpy:
            return depth + layout.data.ndim - 1 if layout.dtype.kind in "biuf" else 0
        else:
            return depth if layout.is_unknown else 0
