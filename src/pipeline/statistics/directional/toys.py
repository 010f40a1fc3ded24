"""Pseudo-experiments under both hypotheses, in seeded batches that can be merged.

Events of a toy are nested: the first N make the toy of N events, so one pass gives every N of the
grid. A `ToyMaker` draws the events and evaluates their statistics: `spherical_toys` has that of
directions on the sphere, `planar_toys` that of directions or axes in a plane.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, NamedTuple, Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.progress import Progress
from pipeline.statistics.directional.config import EventGrid

Array = NDArray[np.float64]

BACKGROUND, SIGNAL = "background", "signal"
# What a set of toys is for; `batch` comes on top, `q` (float32 per toy) holds the statistic.
KEYS = [
    "test_set",
    "method",
    "fraction_cut",
    "efficiency",
    "signal_fraction",
    "statistic",
    "window_keV",
    "recoils_per_electron_yr",
    "hypothesis",
    "events",
]
_CHUNK = 250


class ToyNumbers(Protocol):
    """Signal fractions, numbers of events and numbers of toys, as config blocks give them."""

    @property
    def signal_fractions(self) -> tuple[float, ...]: ...
    @property
    def events(self) -> EventGrid: ...
    @property
    def background_toys(self) -> int: ...
    @property
    def signal_toys(self) -> int: ...


class ToySet(NamedTuple):
    """Toys under one hypothesis; `grid` are the rising numbers of events."""

    rng: np.random.Generator
    number: int
    grid: NDArray[np.int64]
    signal_fraction: float

    def chunks(self, progress: Progress) -> Iterator[slice]:
        """Slices of the toys, each of which is counted once it is done."""
        for start in range(0, self.number, _CHUNK):
            chunk = slice(start, min(start + _CHUNK, self.number))
            yield chunk
            progress.update(chunk.stop - chunk.start)


class ToyMaker(Protocol):
    """Simulates toys of one response.

    `dimensions` is that of the space of directions, `dipole` the length of the mean measured
    direction of signal events.
    """

    dimensions: ClassVar[int]

    @property
    def dipole(self) -> float: ...

    def for_fraction(self, place: int) -> Self:
        """The same with the statistics of one signal fraction only."""

    def simulate(self, toys: ToySet, progress: Progress) -> dict[str, Array]:
        """Statistics of the toys: name -> (signal fractions or 1, toys, grid)."""


def by_name(
    found: Mapping[str, Array], weighted: Mapping[str, str], has_kappa: bool
) -> dict[str, Array]:
    """Statistics by name, from arrays whose leading axis is plain, weighted with kappa.

    `weighted` has the name of each weighted statistic by that of the plain one; they are left out
    without kappa.
    """
    plain = {name: both[0] for name, both in found.items()}
    if not has_kappa:
        return plain
    return plain | {weighted[name]: both[1] for name, both in found.items()}


def event_grid(grid: EventGrid, dipole: float, dimensions: int = 3) -> NDArray[np.int64]:
    """Rising numbers of events N whose strength `dimensions` N dipole^2 covers the grid.

    `dipole` is the length of the mean measured direction, signal fraction included.
    """
    strength = np.geomspace(grid.strength_min, grid.strength_max, grid.points)
    with np.errstate(divide="ignore"):
        events = np.clip(strength / (dimensions * np.float64(dipole) ** 2), 1, grid.events_max)
    return np.unique(np.rint(events).astype(np.int64))


def toys_per_maker(numbers: ToyNumbers) -> int:
    """How many toys `toy_rows` simulates."""
    return numbers.background_toys + len(numbers.signal_fractions) * numbers.signal_toys


def toy_rows(
    rng: np.random.Generator,
    maker: ToyMaker,
    numbers: ToyNumbers,
    labels: dict[str, object],
    progress: Progress,
) -> list[dict[str, object]]:
    """Toys under both hypotheses: a row per signal fraction, hypothesis, statistic and N.

    A row has `labels`, signal_fraction, hypothesis, statistic, events and `q`, the statistics of
    the toys. Background-only toys serve all signal fractions: they share events.
    """
    fractions = numbers.signal_fractions
    grids = [
        event_grid(numbers.events, fraction * maker.dipole, maker.dimensions)
        for fraction in fractions
    ]
    union = np.unique(np.concatenate(grids))
    toys = ToySet(rng, numbers.background_toys, union, 0.0)
    background = {
        name: np.broadcast_to(q, (len(fractions), *q.shape[1:]))
        for name, q in maker.simulate(toys, progress).items()
    }
    rows: list[dict[str, object]] = []
    for i, (fraction, grid) in enumerate(zip(fractions, grids, strict=True)):
        toys = ToySet(rng, numbers.signal_toys, grid, fraction)
        with_signal = maker.for_fraction(i).simulate(toys, progress)
        places = np.searchsorted(union, grid)
        found = {
            BACKGROUND: {name: q[i][:, places] for name, q in background.items()},
            SIGNAL: {name: q[0] for name, q in with_signal.items()},
        }
        rows += _rows(labels | {"signal_fraction": fraction}, grid, found)
    return rows


def merge(batches: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join the toys of batches: one row per KEYS, `q` in the order of the batch numbers.

    Raises ValueError if a batch is there twice, or if the same toys come with two grids or
    efficiencies (batches made with different settings).
    """
    every = pd.concat(list(batches), ignore_index=True).sort_values([*KEYS, "batch"])
    twice = every.duplicated([*KEYS, "batch"])
    if twice.any():
        row = every[twice].iloc[0]
        raise ValueError(
            f"batch {row['batch']} of {row['test_set']}/{row['method']} is given twice; "
            "merge each batch once"
        )
    merged = every.groupby(KEYS, sort=True).agg(
        q=("q", lambda parts: np.concatenate(list(parts))),
        batches=("batch", tuple),
        # Not among KEYS: batches of two machines may differ in the last digit.
        response_err_rel=("response_err_rel", "first"),
    )
    uneven = merged["batches"].groupby(level=["test_set", "method", "fraction_cut"]).nunique() > 1
    if uneven.any():
        raise ValueError(
            f"batches of {'/'.join(map(str, uneven[uneven].index[0]))} were made with different "
            "settings or predictions; run them again with the same ones"
        )
    return merged.drop(columns="batches").reset_index()


def _rows(
    labels: dict[str, object], grid: NDArray[np.int64], found: dict[str, dict[str, Array]]
) -> list[dict[str, object]]:
    """A row per hypothesis, statistic and N from `found[hypothesis][statistic]` (toys, grid)."""
    return [
        labels
        | {
            "hypothesis": hypothesis,
            "statistic": statistic,
            "events": int(events),
            "q": q[:, place].astype(np.float32),
        }
        for hypothesis, by_statistic in found.items()
        for statistic, q in by_statistic.items()
        for place, events in enumerate(grid)
    ]
