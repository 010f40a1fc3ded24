"""Measured events in memory."""

from dataclasses import dataclass

import numpy as np

from pipeline.core.ingestion import BadEvents
from pipeline.core.parquet_io import take_ragged


@dataclass(frozen=True)
class HitBatch:
    """A batch of n events with N hits in total; event i has offsets[i]:offsets[i + 1]."""

    source_event: np.ndarray  # int64 [n]
    offsets: np.ndarray  # int64 [n + 1], starts at 0
    positions_um: np.ndarray  # float64 [N, 3]; z is along the drift
    charge: np.ndarray  # float64 [N], in primary electrons
    time_s: np.ndarray  # float64 [n], since 1970, UTC; NaN where it is not known
    direction: np.ndarray  # float32 [n, 3], unit vectors, the true ones; NaN: not known

    def __len__(self) -> int:
        return len(self.source_event)

    def take(self, index: np.ndarray) -> "HitBatch":
        """Select the events `index` (int [m]), in that order."""
        offsets, rows = take_ragged(self.offsets, index)
        return HitBatch(
            self.source_event[index],
            offsets,
            self.positions_um[rows],
            self.charge[rows],
            self.time_s[index],
            self.direction[index],
        )


def usable(batch: HitBatch, bad: BadEvents) -> np.ndarray:
    """Index of the events with hits, finite coordinates and positive charges at different places.

    The others are reported to `bad`.
    """
    n, lengths = len(batch), np.diff(batch.offsets)
    owner = np.repeat(np.arange(n), lengths)
    faults = {
        "has coordinates that are not finite": ~np.isfinite(batch.positions_um).all(axis=1),
        "has charges that are negative or not finite": ~(batch.charge >= 0)
        | ~np.isfinite(batch.charge),
        "has two hits at the same place": _repeated(batch, owner),
    }
    good = lengths > 0
    for i in np.flatnonzero(~good):
        bad.found(int(batch.source_event[i]), "it has no hits")
    for text, wrong in faults.items():
        number = np.bincount(owner, wrong, n).astype(int)
        for i in np.flatnonzero(good & (number > 0)):
            bad.found(int(batch.source_event[i]), f"it {text} ({number[i]} of its hits)")
        good &= number == 0
    return np.flatnonzero(good)


def _repeated(batch: HitBatch, owner: np.ndarray) -> np.ndarray:
    """Mask bool [N] of the hits at the place of an earlier hit of their event."""
    order = np.lexsort([*batch.positions_um.T, owner])
    same = (np.diff(batch.positions_um[order], axis=0) == 0).all(axis=1)
    same &= np.diff(owner[order]) == 0
    repeated = np.zeros(len(owner), bool)
    repeated[order[1:]] = same
    return repeated
