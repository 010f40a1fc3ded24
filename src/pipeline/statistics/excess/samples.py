"""Simulated scores that toys are drawn from, and the statistics' values of each event."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.density_ratio import DensityRatio
from pipeline.statistics.excess.draws import add_draws, add_thinned, add_uncertain, alias
from pipeline.statistics.excess.extended_poisson import (
    ANOMALY,
    SHAPE,
    Surprise,
    anomaly,
    shape,
)
from pipeline.statistics.excess.score_density import ScoreDensity, counted, shares

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

# Simulated background events where half of the likelihood ratio's gain comes from.
REGION_EVENTS = 30


@dataclass(frozen=True)
class WeightedScores:
    """Scores (n,) of simulated events and the events that each stands for.

    `components` (n, components) are the events of each kind that a simulated event stands for, per
    t yr, of a signal also per cm2 of cross-section; (n,) where there is one kind. `event` (n,)
    numbers the simulated events, alike in all samples that are made of them; empty: by rows. Events
    that stand for nothing are left out. Raises ValueError if all do, or anything is not finite.
    """

    score: Array
    components: Array
    event: Counts = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        components = np.asarray(self.components, float)
        components = components.reshape(len(components), -1)
        event = np.asarray(self.event) if len(self.event) else np.arange(len(components))
        kept = counted(np.asarray(self.score, float), components.sum(axis=1))
        object.__setattr__(self, "score", np.asarray(self.score, float)[kept])
        # By rows: toys run through them one after the other.
        object.__setattr__(self, "components", np.ascontiguousarray(components[kept]))
        object.__setattr__(self, "event", event[kept].astype(np.int64))

    @cached_property
    def weight(self) -> Array:
        """Events that each simulated event stands for (n,)."""
        return self.components.sum(axis=1)

    @property
    def expected(self) -> float:
        """Events expected per unit of the weights."""
        return float(self.weight.sum())

    @property
    def effective_events(self) -> float:
        """Unweighted events that would fluctuate as much (Kish 1965): (sum w)^2 / sum w^2.

        The fluctuations of n such events widen the distribution of a test of N observed events by
        sqrt(1 + N / n).
        """
        return float(self.weight.sum() ** 2 / np.square(self.weight).sum())

    def part(self, part: int, parts: int) -> Self:
        """Every `parts`-th group of simulated events, which stands for all that is expected."""
        own = self.event // cross_fit.FOLDS % parts == part
        kept = self.components[own].sum(axis=0)
        total = self.components.sum(axis=0)
        # A component without an event in this part is left out.
        scale = np.divide(total, kept, out=np.zeros_like(total), where=kept > 0)
        return type(self)(self.score[own], self.components[own] * scale, self.event[own])

    @cached_property
    def _alias(self) -> tuple[Array, Counts]:
        return alias(self.weight / self.weight.mean())

    def draw_sums(
        self, rng: np.random.Generator, expected: float, values: Array, toys: int
    ) -> tuple[Counts, Array]:
        """Numbers of events (toys,) ~ Poisson(`expected`) and their sums of `values` (n, k).

        The sums have shape (toys, k); column by column they are of the same events.
        """
        events = rng.poisson(expected, toys)
        sums = np.zeros((toys, values.shape[1]))
        add_draws(rng, *self._alias, np.ascontiguousarray(values), events, sums)
        return events, sums

    def draw_uncertain(
        self,
        rng: np.random.Generator,
        exposure: float,
        uncertainty: Array,
        values: Array,
        toys: int,
    ) -> tuple[Counts, Array]:
        """As `draw_sums`, where rates and simulation are uncertain; see `draws.add_uncertain`."""
        events, sums = np.zeros(toys, np.int64), np.zeros((toys, values.shape[1]))
        values = np.ascontiguousarray(values)
        add_uncertain(rng, exposure * self.components, uncertainty, values, events, sums)
        return events, sums

    def draw_thinned(
        self, rng: np.random.Generator, exposure: float, values: Array, toys: int
    ) -> tuple[Counts, Array]:
        """As `draw_sums`, but no event is drawn twice for a toy; see `draws.add_thinned`."""
        events = rng.poisson(exposure * self.expected, toys)
        sums = np.zeros((toys, values.shape[1]))
        values = np.ascontiguousarray(values)
        add_thinned(rng, exposure * self.weight, values, events, sums)
        return events, sums


@dataclass(frozen=True)
class Samples:
    """Samples that toys are drawn from: background, and the signal of every mass [GeV].

    `densities` hold f0 of each fold, see `cross_fit`; a single one may come from elsewhere.
    `uncertainty` (components,) is relative, of the rate of each component of the background; None:
    rates are known. Raises ValueError where f0 is zero at a score.
    """

    densities: tuple[ScoreDensity, ...]
    background: WeightedScores
    signals: Mapping[float, WeightedScores]
    uncertainty: Array | None = None

    @classmethod
    def cross_fitted(
        cls,
        background: WeightedScores,
        signals: Mapping[float, WeightedScores],
        uncertainty: Array | None = None,
    ) -> Self:
        """Estimate f0 of each fold; raises ValueError as `ScoreDensity.from_sample`."""
        folds = cross_fit.FOLDS
        densities = []
        for fold in range(folds):
            kept = cross_fit.outside(background.event, fold, folds)
            densities.append(
                ScoreDensity.from_sample(background.score[kept], background.weight[kept])
            )
        return cls(tuple(densities), background, signals, uncertainty)

    def with_common_uncertainty(self, uncertainty: float) -> Self:
        """The same samples, with a background of one component and this uncertainty."""
        old = self.background
        background = WeightedScores(old.score, old.weight, old.event)
        return replace(self, background=background, uncertainty=np.array([uncertainty]))

    @property
    def uncertainties(self) -> Array:
        """Relative uncertainty of each component's rate (components,)."""
        known = np.zeros(self.background.components.shape[1])
        return known if self.uncertainty is None else np.asarray(self.uncertainty, float)

    @property
    def background_uncertainty(self) -> float:
        """Relative uncertainty of the expected background."""
        rates = self.background.components.sum(axis=0)
        return float(np.linalg.norm(self.uncertainties * rates) / rates.sum())

    @cached_property
    def surprise(self) -> Array:
        """-ln f0 of each background event."""
        return self.surprise_of(self.background)

    def surprise_of(self, sample: WeightedScores) -> Array:
        """-ln f0 of each event of a simulated sample."""
        densities = [density.log_density for density in self.densities]
        return -cross_fit.of_simulation(densities, sample.score, sample.event)

    def surprise_of_data(self, score: Array) -> Array:
        """-ln f0 of observed scores (n,)."""
        return -cross_fit.of_data([density.log_density for density in self.densities], score)

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

    def gains(self, mass_GeV: float, signal_to_background: Array) -> list[cross_fit.Function]:
        """The likelihood ratio's ln(1 + s f1 / (B f0)) for s / B (k,), a function for each fold."""
        ratios = [self._ratio(mass_GeV, fold) for fold in range(len(self.densities))]
        return [
            partial(ratio.log_gain, signal_to_background=signal_to_background) for ratio in ratios
        ]

    def events_needed(self, mass_GeV: float, signal_to_background: float) -> int:
        """Simulated background events that the likelihood ratio needs; 0 if it has enough.

        The cells of highest f1 / f0 that bring half of the signal's gain must hold as much
        background as `REGION_EVENTS` typical events stand for.
        """
        ratio, background = self._ratio(mass_GeV, 0), self.background
        signal = self.signals[mass_GeV]
        f0 = shares(ratio.edges, background.score, background.weight)
        f1 = shares(ratio.edges, signal.score, signal.weight)
        order = np.argsort(-ratio.ratio)
        gain = np.cumsum((f1 * np.log1p(ratio.ratio * signal_to_background))[order])
        region = order[: 1 + np.searchsorted(gain, gain[-1] / 2)]
        held = f0[region].sum() * background.effective_events
        return (
            0
            if held >= REGION_EVENTS
            else int(np.ceil(len(background.score) * REGION_EVENTS / max(held, 1.0)))
        )

    def _ratio(self, mass_GeV: float, fold: int) -> DensityRatio:
        parts = []
        for sample in (self.background, self.signals[mass_GeV]):
            kept = cross_fit.outside(sample.event, fold, len(self.densities))
            parts.append((sample.score[kept], sample.weight[kept]))
        return DensityRatio.from_samples(*parts)
