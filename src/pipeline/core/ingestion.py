"""What the readers of all chains share: event ids, selection of events, treatment of bad events.

An unusable event stops the reader with an error, or is skipped and counted.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, Self, TypeVar

import numpy as np

from pipeline.core.files import atomic_write
from pipeline.core.progress import Progress

EVENTS_PER_PART = 10_000_000  # event ids of a part begin at its index times this

logger = logging.getLogger(__name__)


class BadEventError(ValueError):
    """An event of an input file cannot be used."""


@dataclass
class BadEvents:
    """The policy for bad events of one input file, and those found in it."""

    file: str
    policy: Literal["stop", "skip"]
    reasons: dict[str, str] = field(default_factory=dict)

    def found(self, event: int | str, reason: str) -> None:
        """Report event number `event` of the file as unusable.

        Raises:
            BadEventError: the policy is to stop.
        """
        if self.policy == "stop":
            raise BadEventError(
                f"{self.file}, event {event}: {reason}. Repair the file, or set "
                "`on_bad_event: skip` for this source to leave such events out and count them"
            )
        logger.warning("%s, event %s skipped: %s", self.file, event, reason)
        # Event numbers may repeat in a file; every bad event counts.
        self.reasons[f"{len(self.reasons)}:{event}"] = reason

    def __len__(self) -> int:
        return len(self.reasons)

    def write_counts(self, path: str | Path, kept: int, **changed: int) -> None:
        """Write the numbers of events read, kept and rejected, and the reasons (JSON).

        `changed` are numbers of kept events that were changed, by what was done to them.
        """
        report = {"read": kept + len(self), "kept": kept, "rejected": len(self), **changed}
        with atomic_write(path) as temporary:
            temporary.write_text(json.dumps({**report, "reasons": self.reasons}, indent=1))


class Events(Protocol):
    """A batch of events, as a reader of any chain yields them."""

    def __len__(self) -> int: ...

    def take(self, index: np.ndarray) -> Self:
        """The events `index` (int [m]), in that order."""
        ...


Batch = TypeVar("Batch", bound=Events)


def accepted(
    batches: Iterable[Batch],
    usable: Callable[[Batch, BadEvents], np.ndarray],
    bad: BadEvents,
    part: int,
    first_event: int = 0,
    max_events: int | None = None,
) -> Iterator[tuple[Batch, np.ndarray]]:
    """Yield the usable events of a reader with their ids, int64 [n], and log the progress.

    `usable` gives the index of the events to keep and reports the others to `bad`. A file without
    usable events yields nothing if the policy is to skip.

    Raises:
        BadEventError: an unusable event and the policy is to stop.
        ValueError: no usable event at all and the policy is to stop.
    """
    progress = Progress(bad.file, max_events, "events")
    read = kept = 0
    for batch in _within(batches, first_event, max_events):
        read += len(batch)
        good = batch.take(usable(batch, bad))
        if len(good):
            ids = part * EVENTS_PER_PART + kept + np.arange(len(good))
            kept += len(good)
            yield good, ids
        progress.update(len(batch))
    if not kept:
        # Bad events that the reader found itself are in no batch.
        seen = max(read, len(bad))
        problem = f"{bad.file}: no usable event among {seen} read from event {first_event} on"
        if bad.policy == "stop":
            raise ValueError(
                f"{problem}. Check the file, or set `on_bad_event: skip` for this source to go on "
                "without it"
            )
        logger.warning("%s; nothing is taken from this file", problem)
    progress.finish()


def _within(batches: Iterable[Batch], first: int, most: int | None) -> Iterator[Batch]:
    """Events [first, first + most) in the reader's order; all from `first` on if `most` is None."""
    place = 0
    stop = np.inf if most is None else first + most
    for batch in batches:
        index = np.arange(place, place + len(batch))
        place += len(batch)
        wanted = np.flatnonzero((index >= first) & (index < stop))
        if len(wanted):
            yield batch.take(wanted) if len(wanted) < len(batch) else batch
        if place >= stop:
            return
