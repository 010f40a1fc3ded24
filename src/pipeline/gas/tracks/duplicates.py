"""Events that occur twice, found by their content: copied files, runs with the same seed."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

# Two events are the same if they have as many electrons and the means of these agree within this
# distance. Means of different tracks scatter over millimetres; another file format or unit moves
# them by much less.
SAME_UM = 0.02
SAME_RELATIVE = 1e-6
FEWEST_ELECTRONS = 5

CENTRE = [f"centre_{a}_um" for a in "xyz"]
COLUMNS = ["file", "source_event", "electrons", *CENTRE]


@dataclass(frozen=True)
class Duplicates:
    """Two files with the same events."""

    events: int
    first: str  # file or part
    second: str
    example: tuple[int, int]  # event numbers in the first and in the second


def duplicates(events: pd.DataFrame) -> list[Duplicates]:
    """Pairs of files, by falling number of common events; events with few electrons do not count.

    `events` has `COLUMNS`: some of an event summary, and `file`. A file that holds events twice is
    a pair with itself.
    """
    events = events[events["electrons"] >= FEWEST_ELECTRONS]
    events = events.assign(place=pd.factorize(events["file"])[0])
    events = events.sort_values(["electrons", *CENTRE], kind="stable", ignore_index=True)
    position = events[CENTRE].to_numpy()
    near = np.abs(np.diff(position, axis=0)) <= SAME_UM + SAME_RELATIVE * np.abs(position[1:])
    electrons = events["electrons"].to_numpy()
    i = np.flatnonzero(near.all(axis=1) & (np.diff(electrons) == 0))
    # The earlier file of a pair is the first, whichever comes first in the sorted events.
    place = events["place"].to_numpy()
    first = i + (place[i] > place[i + 1])
    second = 2 * i + 1 - first
    pairs = pd.DataFrame(
        {
            f"{name}_{side}": events[name].to_numpy()[index]
            for name in ("file", "source_event")
            for side, index in (("first", first), ("second", second))
        }
    )
    found = []
    for files, rows in pairs.groupby(["file_first", "file_second"]):
        one, other = map(str, cast(tuple[str, str], files))
        numbers = rows[["source_event_first", "source_event_second"]].iloc[0]
        found.append(
            Duplicates(len(rows), one, other, (int(numbers.iloc[0]), int(numbers.iloc[1])))
        )
    return sorted(found, key=lambda pair: (-pair.events, pair.first, pair.second))
