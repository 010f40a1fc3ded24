"""Padding in lists of points: what a buffer of fixed length holds behind a track."""

from pathlib import Path

import numpy as np

# Degrad's electrons coincide in at most twos at the end of an event (12,000 events of 40-50 keV).
REPEATS = 5


def check_padding(
    positions: np.ndarray,
    offsets: np.ndarray,
    event: np.ndarray,
    path: str | Path,
    remedy: str,
) -> None:
    """Check that no event holds padding.

    Padding is `REPEATS` equal points at the end of an event, or as many points anywhere whose three
    coordinates are one and the same number (0 or -999, for example). `positions` is float64 [N, 3],
    with `offsets` int64 [n + 1]; `event` int64 [n] are the numbers in messages.

    Raises:
        ValueError: an event holds padding; the message ends in `remedy`.
    """
    lengths = np.diff(offsets)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    last = positions[np.repeat(offsets[1:] - 1, lengths)]
    filled = _same(positions, last).all(axis=1)
    # From the last point backwards, the points before the first that differs.
    differs = np.where(filled, -1, np.arange(len(positions)))
    behind = np.maximum.accumulate(differs) if len(differs) else differs
    trailing = np.bincount(
        owner, np.arange(len(positions)) > behind[offsets[owner + 1] - 1], len(lengths)
    )
    one = _same(positions[:, 0], positions[:, 1]) & _same(positions[:, 1], positions[:, 2])
    uniform = np.bincount(owner, one, len(lengths))
    for i in np.flatnonzero((trailing >= REPEATS) | (uniform >= REPEATS))[:1]:
        rows = slice(offsets[i], offsets[i + 1])
        point = positions[rows][-1] if trailing[i] >= REPEATS else positions[rows][one[rows]][0]
        many = int(max(trailing[i], uniform[i]))
        raise ValueError(
            f"{path}, event {event[i]}: {many} of its {lengths[i]} points are all "
            f"({', '.join(f'{x:g}' for x in point)}), which looks like the rest of a buffer, not "
            f"like electrons. {remedy}"
        )


def _same(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a == b) | (np.isnan(a) & np.isnan(b))
