"""Pseudo-experiments of the extended Poisson search, in seeded batches that can be merged.

A toy draws its number of events from a Poisson distribution and their scores from weighted
samples, by index. Toys with signal of all models at one exposure share their background events,
drawn anew in each set.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.statistics.excess.config import ToySet
from pipeline.statistics.excess.extended_poisson import (
    ANOMALY,
    LIKELIHOOD_RATIO,
    SHAPE,
    Surprise,
    anomaly,
    likelihood_ratio,
    log_likelihood_gain,
    shape,
)
from pipeline.statistics.excess.score_density import ScoreDensity, used

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

# Random numbers for a key of words and numbers.
_Rng = Callable[..., np.random.Generator]

BACKGROUND, SIGNAL = "background", "signal"
# What a set of toys is for. Without a model (mass and cross-section 0) are the background-only
# toys that serve all models; those of the likelihood ratio belong to the model that it tests.
KEYS = ["test", "hypothesis", "exposure_t_yr", "mass_GeV", "cross_section_cm2"]


@dataclass(frozen=True)
class WeightedScores:
    """Scores (n,) of simulated events and the events that each stands for (n,).

    Weights are per t yr; for a signal per t yr and cm2 of cross-section. Raises ValueError if
    they are all zero, or anything is not finite.
    """

    score: Array
    weight: Array

    def __post_init__(self) -> None:
        score, weight = used(np.asarray(self.score, float), np.asarray(self.weight, float))
        object.__setattr__(self, "score", score)
        object.__setattr__(self, "weight", weight)

    @property
    def expected(self) -> float:
        """Events expected per unit of the weights."""
        return float(self.weight.sum())

    @property
    def effective_events(self) -> float:
        """Unweighted events that would fluctuate as much (Kish 1965): (sum w)^2 / sum w^2.

        Below the events of an experiment, the sample's own fluctuations outgrow the
        experiment's: sensitivities hold, as both hypotheses share them; the p-value of a real
        data set would not.
        """
        return float(self.weight.sum() ** 2 / np.square(self.weight).sum())

    @cached_property
    def alias(self) -> tuple[Array, Counts]:
        """Tables for draws by index in constant time (Walker 1977; Vose 1991)."""
        return _alias(self.weight / self.weight.mean())

    def draw_sums(
        self, rng: np.random.Generator, expected: float, values: Array, toys: int
    ) -> tuple[Counts, Array]:
        """Numbers of events (toys,) ~ Poisson(`expected`) and their sums of `values` (n, k).

        The sums have shape (toys, k); column by column they are of the same events.
        """
        events = rng.poisson(expected, toys)
        sums = np.zeros((toys, values.shape[1]))
        _add(rng, *self.alias, np.ascontiguousarray(values), events, sums)
        return events, sums


@dataclass(frozen=True)
class Samples:
    """Samples that toys are drawn from: f0, background, and the signal of every mass [GeV].

    f0 may come from the background sample itself or from another one. Raises ValueError where it
    is zero at a score.
    """

    f0: ScoreDensity
    background: WeightedScores
    signals: Mapping[float, WeightedScores]

    @cached_property
    def surprise(self) -> Array:
        """-ln f0 of each background event."""
        return -self.f0.log_density(self.background.score)

    @cached_property
    def typical(self) -> Surprise:
        """Mean and variance of the background's surprise."""
        return Surprise.of(self.surprise, self.background.weight)

    def blind(self, events: Counts, surprise: Array, background: float) -> dict[str, Array]:
        """Statistics that use no signal model, for `background` expected events.

        `events` (toys,) are observed, `surprise` (toys,) is their sum of -ln f0.
        """
        return {
            ANOMALY: anomaly(events, surprise, background),
            SHAPE: shape(events, surprise, self.typical),
        }

    def gain(self, mass_GeV: float, signal_to_background: float) -> Array:
        """The likelihood ratio's `log_likelihood_gain` in each cell of f0."""
        signal = self.signals[mass_GeV]
        share = self.f0.shares(signal.score, signal.weight)
        return log_likelihood_gain(self.f0, share, signal_to_background)


def run_batch(
    samples: Samples,
    sets: Iterable[ToySet],
    seed: int,
    identity: tuple[str, ...],
    batch: int,
) -> pd.DataFrame:
    """Toys of the sets: a row per KEYS with `batch` and `q`, one value a toy.

    Random numbers depend on seed, `identity`, hypothesis, exposure, model and batch only, so
    sets and batches may run in any order and place. Columns `background` and `signal` are
    expected events.
    """

    def rng(*key: str | float) -> np.random.Generator:
        return generator(seed, *identity, *map(str, key), batch)

    rows: list[dict[str, object]] = []
    for toys in sets:
        size = toys.background_toys + toys.signal_toys
        progress = Progress(
            f"batch {batch}", size * len(toys.cross_sections_cm2), "toys with all models"
        )
        for exposure in toys.cross_sections_cm2:
            if toys.mass_GeV is None:
                rows += _background_alone(samples, toys.background_toys, exposure, rng)
            else:
                rows += _one_mass(samples, toys, toys.mass_GeV, exposure, rng)
            progress.update(size)
        progress.finish()
    return pd.DataFrame(rows).assign(batch=batch)


def _background_alone(
    samples: Samples, toys: int, exposure: float, rng: _Rng
) -> list[dict[str, object]]:
    """Rows of an exposure [t yr] without a WIMP model."""
    b = exposure * samples.background.expected
    events, sums = samples.background.draw_sums(
        rng(BACKGROUND, exposure), b, samples.surprise[:, None], toys
    )
    return _rows((BACKGROUND, exposure, 0.0, 0.0, b, 0.0), samples.blind(events, sums[:, 0], b))


def _one_mass(
    samples: Samples, toys: ToySet, mass: float, exposure: float, rng: _Rng
) -> list[dict[str, object]]:
    """The rows of a mass's models at an exposure [t yr]."""
    background, signal, f0 = samples.background, samples.signals[mass], samples.f0
    cross_sections = toys.cross_sections_cm2[exposure]
    b = exposure * background.expected
    expected = [exposure * sigma * signal.expected for sigma in cross_sections]
    gains = np.column_stack([samples.gain(mass, s / b) for s in expected])
    surprise, gain = -f0.log_density(signal.score), gains[f0.cell(signal.score)]
    of_background = gains[f0.cell(background.score)]
    _, alone = background.draw_sums(
        rng(BACKGROUND, exposure), b, of_background, toys.background_toys
    )
    events, sums = background.draw_sums(
        rng(SIGNAL, exposure),
        b,
        np.column_stack([samples.surprise, of_background]),
        toys.signal_toys,
    )
    rows = []
    for i, (sigma, s) in enumerate(zip(cross_sections, expected, strict=True)):
        more, added = signal.draw_sums(
            rng(SIGNAL, exposure, mass, sigma),
            s,
            np.column_stack([surprise, gain[:, i]]),
            toys.signal_toys,
        )
        both = sums[:, [0, 1 + i]] + added
        model = (exposure, mass, sigma, b, s)
        rows += _rows((BACKGROUND, *model), {LIKELIHOOD_RATIO: likelihood_ratio(alone[:, i], s)})
        rows += _rows(
            (SIGNAL, *model),
            samples.blind(events + more, both[:, 0], b)
            | {LIKELIHOOD_RATIO: likelihood_ratio(both[:, 1], s)},
        )
    return rows


def merge(batches: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join the toys of batches: one row per KEYS, `q` in the order of the batch numbers.

    Raises ValueError if a batch is there twice or batches differ in exposures, models or expected
    events.
    """
    every = pd.concat(list(batches), ignore_index=True).sort_values([*KEYS, "batch"])
    twice = every.duplicated([*KEYS, "batch"])
    if twice.any():
        raise ValueError(
            f"batch {every[twice].iloc[0]['batch']} is given twice; merge each batch once"
        )
    of_key = every.groupby(KEYS, sort=True)
    joined = of_key.agg(
        background=("background", "first"),
        signal=("signal", "first"),
        q=("q", lambda parts: np.concatenate(list(parts))),
        batches=("batch", tuple),
    )
    # Processors differ in last digits.
    expected = of_key[["background", "signal"]]
    same = np.allclose(expected.min(), expected.max(), rtol=1e-9, atol=0)
    if joined["batches"].nunique() > 1 or not same:
        raise ValueError(
            "batches were made with different settings or scores; run them again with the same"
        )
    return joined.drop(columns="batches").reset_index()


def _rows(label: tuple[object, ...], found: dict[str, Array]) -> list[dict[str, object]]:
    """A row for each test; `label` has the other KEYS, then the expected events."""
    names = dict(zip([*KEYS[1:], "background", "signal"], label, strict=True))
    return [{"test": test, **names, "q": q.astype(np.float32)} for test, q in found.items()]


@njit(cache=True)
def _add(
    rng: np.random.Generator,
    keep: Array,
    other: Counts,
    values: Array,
    events: Counts,
    sums: Array,
) -> None:
    """Add to `sums` (toys, k) the `values` (n, k) of `events` (toys,) draws by index."""
    for toy in range(len(events)):
        for _ in range(events[toy]):
            place = rng.random() * len(keep)
            row = int(place)
            if place - row >= keep[row]:
                row = other[row]
            for column in range(values.shape[1]):
                sums[toy, column] += values[row, column]


@njit(cache=True)
def _alias(weight: Array) -> tuple[Array, Counts]:
    """Alias tables of weights with mean one: the chance to keep a row, and its stand-in."""
    keep, other = weight.copy(), np.arange(len(weight))
    small = [i for i in range(len(weight)) if keep[i] < 1]
    large = [i for i in range(len(weight)) if keep[i] >= 1]
    while small and large:
        row, stand_in = small.pop(), large[-1]
        other[row] = stand_in
        keep[stand_in] -= 1 - keep[row]
        if keep[stand_in] < 1:
            large.pop()
            small.append(stand_in)
    # What is left is one but for rounding: a row's stand-in is the row itself.
    return keep, other
