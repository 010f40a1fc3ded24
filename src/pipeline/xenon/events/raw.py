"""Events from a source, before they are checked."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from typing import NamedTuple

import numpy as np

from pipeline.xenon.events.table import RECOILS

BATCH_EVENTS = 10_000


@dataclass(frozen=True)
class RawEvents:
    """n events before they are checked."""

    source_event: np.ndarray  # int64 [n]
    line: np.ndarray  # int64 [n], line of the text file; 0: not from a text file
    recoil: np.ndarray  # uint8 [n], index in RECOILS
    energy_keV: np.ndarray  # float64 [n], NaN: unknown
    x_cm: np.ndarray  # float64 [n]
    y_cm: np.ndarray  # float64 [n]
    depth_cm: np.ndarray  # float64 [n], below the liquid's surface
    photons: np.ndarray  # float64 [n]
    electrons: np.ndarray  # float64 [n]
    excitons: np.ndarray  # float64 [n], NaN: unknown

    def __len__(self) -> int:
        return len(self.source_event)

    def take(self, index: np.ndarray) -> "RawEvents":
        """The events `index` (int [m]), in that order."""
        return RawEvents(*(getattr(self, f.name)[index] for f in fields(self)))

    def label(self, i: int) -> str:
        """Name of event i in messages."""
        return event_label(int(self.source_event[i]), int(self.line[i]))


class Row(NamedTuple):
    """One event of a text file; the fields are those of `RawEvents`."""

    source_event: int
    line: int
    recoil: int
    energy_keV: float
    x_cm: float
    y_cm: float
    depth_cm: float
    photons: float
    electrons: float
    excitons: float = math.nan


def event_label(event: int, line: int) -> str:
    """Name of an event in messages; line 0: not from a text file."""
    return f"{event} (line {line})" if line else str(event)


def batches_of(rows: Iterable[Row]) -> Iterator[RawEvents]:
    """Collect rows in batches of `BATCH_EVENTS`."""
    rows = iter(rows)
    while chunk := list(islice(rows, BATCH_EVENTS)):
        event, line, recoil, *numbers = zip(*chunk, strict=True)
        yield RawEvents(
            np.array(event, np.int64),
            np.array(line, np.int64),
            np.array(recoil, np.uint8),
            *(np.array(column, np.float64) for column in numbers),
        )


def recoil_code(name: str) -> int:
    """Index of 'ER' or 'NR' in RECOILS; upper and lower case are the same.

    Raises:
        ValueError: another name.
    """
    if name.upper() not in RECOILS:
        raise ValueError(f"unknown recoil type '{name}', expected {' or '.join(RECOILS)}")
    return RECOILS.index(name.upper())


def number(text: str, what: str) -> float:
    """Convert a cell of a text file to a finite number.

    Raises:
        ValueError: it is not a finite number; `what` names the quantity in the message.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        comma = ", with a decimal point" if "," in text else ""
        raise ValueError(f"its {what} is '{text}', expected a number{comma}")
    return value
