"""Pseudo-experiments of the extended Poisson search, in seeded batches that can be merged.

A toy draws its number of events from a Poisson distribution and their scores from weighted
samples, by index. Toys with signal of all models at one exposure share their background events.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from pipeline.config.xenon.search import Search
from pipeline.inference.extended_poisson import (
    ANOMALY,
    LIKELIHOOD_RATIO,
    SHAPE,
    Surprise,
    anomaly,
    likelihood_ratio,
    log_likelihood_gain,
    shape,
)
from pipeline.inference.score_density import ScoreDensity, used
from pipeline.progress import Progress
from pipeline.provenance import generator

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

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
    """What toys are drawn from: f0, background, and a signal for every mass of the search [GeV].

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
    def signal_surprise(self) -> dict[float, Array]:
        """-ln f0 of each signal event, by mass."""
        return {mass: -self.f0.log_density(s.score) for mass, s in self.signals.items()}

    def gain(self, mass_GeV: float, signal_to_background: float) -> Array:
        """The likelihood ratio's `log_likelihood_gain` in each cell of f0."""
        signal = self.signals[mass_GeV]
        share = self.f0.shares(signal.score, signal.weight)
        return log_likelihood_gain(self.f0, share, signal_to_background)


def run_batch(
    samples: Samples, settings: Search, seed: int, identity: tuple[str, ...], batch: int
) -> pd.DataFrame:
    """Toys of every exposure and model: a row per KEYS with `batch` and `q`, one value a toy.

    Random numbers depend on seed, `identity`, hypothesis, exposure, model and batch only, so
    batches may run in any order and place. Columns `background` and `signal` are expected events.
    """
    models = settings.models()
    toys = settings.background_toys + settings.signal_toys
    progress = Progress(f"batch {batch}", toys * len(models), "toys with all models")
    rows: list[dict[str, object]] = []
    for exposure, at_exposure in models.items():
        rows += _toys_at(exposure, at_exposure, samples, settings, seed, identity, batch)
        progress.update(toys)
    progress.finish()
    return pd.DataFrame(rows).assign(batch=batch)


def _toys_at(
    exposure: float,
    models: Sequence[tuple[float, float]],
    samples: Samples,
    settings: Search,
    seed: int,
    identity: tuple[str, ...],
    batch: int,
) -> list[dict[str, object]]:
    """The rows of one exposure [t yr]; `models` are masses [GeV] and cross-sections [cm2]."""
    background, f0 = samples.background, samples.f0
    b = exposure * background.expected
    s = [exposure * sigma * samples.signals[mass].expected for mass, sigma in models]
    gains = [samples.gain(mass, n / b) for (mass, _), n in zip(models, s, strict=True)]
    cell = f0.cell(background.score)
    values = np.column_stack([samples.surprise, *(gain[cell] for gain in gains)])
    typical = Surprise.of(samples.surprise, background.weight)
    at_exposure: dict[str, object] = {"exposure_t_yr": exposure, "background": b}

    def blind(events: Counts, surprise: Array) -> dict[str, Array]:
        """The statistics that know no signal."""
        return {ANOMALY: anomaly(events, surprise, b), SHAPE: shape(events, surprise, typical)}

    def rng(*key: str | float) -> np.random.Generator:
        return generator(seed, *identity, *map(str, key), batch)

    events, sums = background.draw_sums(
        rng(BACKGROUND, exposure), b, values, settings.background_toys
    )
    label = at_exposure | {"hypothesis": BACKGROUND}
    no_model: dict[str, object] = {"mass_GeV": 0.0, "cross_section_cm2": 0.0, "signal": 0.0}
    rows = _rows(label | no_model, blind(events, sums[:, 0]))
    for i, (mass, sigma) in enumerate(models):
        model: dict[str, object] = {"mass_GeV": mass, "cross_section_cm2": sigma, "signal": s[i]}
        rows += _rows(label | model, {LIKELIHOOD_RATIO: likelihood_ratio(sums[:, 1 + i], s[i])})

    events, sums = background.draw_sums(rng(SIGNAL, exposure), b, values, settings.signal_toys)
    label = at_exposure | {"hypothesis": SIGNAL}
    for i, (mass, sigma) in enumerate(models):
        signal = samples.signals[mass]
        own_values = np.column_stack(
            [samples.signal_surprise[mass], gains[i][f0.cell(signal.score)]]
        )
        more, added = signal.draw_sums(
            rng(SIGNAL, exposure, mass, sigma), s[i], own_values, settings.signal_toys
        )
        model = {"mass_GeV": mass, "cross_section_cm2": sigma, "signal": s[i]}
        ratio = likelihood_ratio(sums[:, 1 + i] + added[:, 1], s[i])
        rows += _rows(
            label | model,
            blind(events + more, sums[:, 0] + added[:, 0]) | {LIKELIHOOD_RATIO: ratio},
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
    joined = every.groupby([*KEYS, "background", "signal"], sort=True).agg(
        q=("q", lambda parts: np.concatenate(list(parts))), batches=("batch", tuple)
    )
    if joined["batches"].nunique() > 1:
        raise ValueError(
            "batches were made with different settings or scores; run them again with the same"
        )
    return joined.drop(columns="batches").reset_index()


def _rows(label: dict[str, object], found: dict[str, Array]) -> list[dict[str, object]]:
    return [label | {"test": test, "q": q.astype(np.float32)} for test, q in found.items()]


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
