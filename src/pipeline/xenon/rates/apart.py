"""Whether observed events are in the simulation too: then p-values would mean nothing.

Copies may be rounded, or have places that were drawn anew, where a table holds none. Events are
compared by whole numbers (quanta, or detected photons) and by their depth within `NEAR_CM`. How
many are equal by chance is counted with permuted depths of the simulated events.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.parquet_io import open_parquet
from pipeline.core.seeds import generator

QUANTA = ["photons", "electrons"]
DETECTED = ["s1_photons_detected", "s2_photons_detected"]  # of recorded events
NEAR_CM = 0.5  # three digits of a depth above 100 cm
PERMUTATIONS = 10
HANDFUL = 5  # events that two samples may share
SURE = 5.0  # standard deviations above the number by chance


def check_apart(data: pd.DataFrame, simulation: pd.DataFrame, numbers: Sequence[str]) -> None:
    """Raise ValueError if observed events are also in a simulated sample.

    Both tables have depth_cm and the columns `numbers`, that of the simulation also `sample`.
    """
    for sample, events in simulation.groupby("sample", sort=False):
        shared, chance = shared_events(data, events, numbers)
        if shared > chance + SURE * np.sqrt(chance) + HANDFUL:
            raise ValueError(
                f"{shared} of {len(data)} observed events are also in the simulated sample "
                f"'{sample}', and {chance:.1f} would be by chance: equal "
                f"{' and '.join(numbers)}, and depths within {NEAR_CM:g} cm. p-values would mean "
                "nothing. Take other events for one of them"
            )


def shared_events(
    data: pd.DataFrame, simulation: pd.DataFrame, numbers: Sequence[str]
) -> tuple[int, float]:
    """Number of observed events that are also simulated, and how many would be by chance."""
    columns = list(numbers)
    both = pd.concat([data[columns], simulation[columns]])
    groups = np.asarray(both.groupby(columns).ngroup(), np.int64)
    one, other = _pairs(groups[: len(data)], groups[len(data) :])
    own, depth = data["depth_cm"].to_numpy(float), simulation["depth_cm"].to_numpy(float)

    def near(depth: NDArray[np.float64]) -> int:
        return len(np.unique(one[np.abs(own[one] - depth[other]) <= NEAR_CM]))

    rng = generator(0, "permuted depths")
    chance = [near(rng.permutation(depth)) for _ in range(PERMUTATIONS)]
    return near(depth), float(np.mean(chance))


def _pairs(
    first: NDArray[np.int64], second: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of `first` (n,) and of `second` (m,) that hold the same number, all pairs."""
    order = np.argsort(second, kind="stable")
    start, stop = (np.searchsorted(second[order], first, side) for side in ("left", "right"))
    length = stop - start
    one = np.repeat(np.arange(len(first)), length)
    within = np.arange(len(one)) - np.repeat(np.cumsum(length) - length, length)
    return one, order[np.repeat(start, length) + within]


def read_compared(paths: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    """Depth, `numbers` and sample of all events of tables, whose folders name the samples."""
    parts = []
    for path in paths:
        with open_parquet(path, "table of events or responses") as file:
            part = file.read(columns=["depth_cm", *numbers]).to_pandas()
        parts.append(part.assign(sample=Path(path).parent.name))
    return pd.concat(parts, ignore_index=True)
