"""Simulated scores that toys are drawn from, and the statistics' values of each event."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.core.seeds import generator
from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.counting import NumberOfEvents
from pipeline.statistics.excess.density_ratio import DensityRatio
from pipeline.statistics.excess.extended_poisson import (
    ANOMALY,
    SHAPE,
    Array,
    Counts,
    Surprise,
    anomaly,
    shape,
)
from pipeline.statistics.excess.nuisance_fit import NuisanceFit
from pipeline.statistics.excess.response import KNOWN, Response
from pipeline.statistics.excess.score_density import ScoreDensity, shares
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.statistics.means import effective_events

# Simulated electronic recoils where half of the likelihood ratio's gain comes from.
REGION_EVENTS = 30
COUNTED = 2048  # responses of the distribution of the number of events, a power of two
RESPONSES = 300  # drawn from the constraints, to which tests are made insensitive


@dataclass(frozen=True)
class Blind:
    """Tests that use no signal model, of one exposure.

    `functions`, one for each fold, have values (n, 2) of scores (n,): -ln f0, and the same less
    what a fitted response explains. `background` events are expected; `typical` has mean and
    variance of the second function.
    """

    functions: Sequence[cross_fit.Function]
    background: float
    typical: Surprise

    def statistics(self, events: Counts, sums: Array) -> dict[str, Array]:
        """Of numbers of events (toys,) and their `sums` (toys, 2) of the functions."""
        return {
            ANOMALY: anomaly(events, sums[:, 0], self.background),
            SHAPE: shape(events, sums[:, 1], self.typical),
        }

    def of_data(self, scores: Array) -> dict[str, Array]:
        """Statistics (1,) of observed scores (n,)."""
        sums = cross_fit.of_data(self.functions, scores).sum(axis=0)
        return self.statistics(np.array([len(scores)]), sums[None])


@dataclass(frozen=True)
class Samples:
    """Samples that toys are drawn from: background, and the signal of every mass [GeV].

    `densities` hold f0 of each fold, see `cross_fit`; a single one may come from elsewhere.
    `uncertainty` (components,) is relative, of the rate of each component of the background; None:
    rates are known. `response` has the uncertainty of the detector's response, of all events.
    `generated` electronic recoils were simulated, of which `background` has those in the region of
    the search; None: all of them. Raises ValueError where f0 is zero at a score.
    """

    densities: tuple[ScoreDensity, ...]
    background: WeightedScores
    signals: Mapping[float, WeightedScores]
    uncertainty: Array | None = None
    response: Response = KNOWN
    generated: int | None = None

    @classmethod
    def cross_fitted(
        cls,
        background: WeightedScores,
        signals: Mapping[float, WeightedScores],
        uncertainty: Array | None = None,
        response: Response = KNOWN,
        generated: int | None = None,
    ) -> Self:
        """Estimate f0 of each fold; raises ValueError as `ScoreDensity.from_sample`."""
        folds = cross_fit.FOLDS
        densities = []
        for fold in range(folds):
            kept = cross_fit.outside(background.event, fold, folds)
            densities.append(
                ScoreDensity.from_sample(background.score[kept], background.weight[kept])
            )
        return cls(tuple(densities), background, signals, uncertainty, response, generated)

    def with_common_uncertainty(self, uncertainty: float) -> Self:
        """The same samples, with a background of one component and this uncertainty."""
        background = replace(self.background, components=self.background.weight)
        return replace(self, background=background, uncertainty=np.array([uncertainty]))

    def only(self, masses_GeV: Collection[float]) -> Self:
        """The same samples, with the signals of these masses."""
        chosen = {mass: signal for mass, signal in self.signals.items() if mass in masses_GeV}
        return replace(self, signals=chosen)

    @property
    def known_rates(self) -> Self:
        """The same samples, without uncertainty of the rates."""
        return replace(self, uncertainty=None)

    @property
    def known(self) -> Self:
        """The same samples, without uncertainty of rates and response."""
        return replace(self, uncertainty=None, response=KNOWN)

    @property
    def uncertainties(self) -> Array:
        """Relative uncertainty of each component's rate (components,)."""
        known = np.zeros(self.background.components.shape[1])
        return known if self.uncertainty is None else np.asarray(self.uncertainty, float)

    @property
    def rates_uncertainty(self) -> float:
        """Relative uncertainty of the expected background that its rates leave."""
        rates = self.background.components.sum(axis=0)
        return float(np.linalg.norm(self.uncertainties * rates) / rates.sum())

    @property
    def background_uncertainty(self) -> float:
        """Relative uncertainty of the expected background, of rates and response."""
        return float(np.hypot(self.rates_uncertainty, np.std(self._drawn_factors)))

    def number_of_events(self, exposure_t_yr: float) -> NumberOfEvents:
        """Of the background, whose rates and response are uncertain."""
        return NumberOfEvents(
            exposure_t_yr * self.background.expected * self._drawn_factors, self.rates_uncertainty
        )

    def blind(self, exposure_t_yr: float) -> Blind:
        """Tests that use no signal model."""
        surprises = [partial(_surprise, density) for density in self.densities]
        fits = [fit.of_shape for fit in self._fits]
        fitted = self._insensitive(surprises, fits, exposure_t_yr)
        functions = [partial(_beside, pair) for pair in zip(surprises, fitted, strict=True)]
        background = self.background
        of_events = background.values(functions)
        typical = Surprise.of(of_events[:, 1], background.weight)
        return Blind(functions, exposure_t_yr * background.expected, typical)

    def draw_uncertain(
        self,
        rng: np.random.Generator,
        exposure_t_yr: float,
        values: Array,
        toys: int,
    ) -> tuple[Counts, Array]:
        """Background-only toys of uncertain rates and response, see `WeightedScores`."""
        return self.background.draw_uncertain(
            rng, exposure_t_yr, self.uncertainties, values, self.response.draw(rng, toys)
        )

    def gains(
        self, mass_GeV: float, signal: Array, exposure_t_yr: float
    ) -> list[cross_fit.Function]:
        """The likelihood ratio's ln(1 + s f1 / (B f0)) of s = `signal` (k,) expected events.

        Less what a fitted response explains; a function for each fold.
        """
        signal_to_background = signal / (exposure_t_yr * self.background.expected)
        ratios = [self._ratio(mass_GeV, fold) for fold in range(len(self.densities))]
        gains = [
            partial(ratio.log_gain, signal_to_background=signal_to_background) for ratio in ratios
        ]
        return self._insensitive(gains, self._fits, exposure_t_yr)

    def events_needed(self, mass_GeV: float, signal_to_background: float) -> int:
        """Electronic recoils to simulate for the likelihood ratio; 0 if there are enough.

        The cells of highest f1 / f0 that bring half of the signal's gain must hold `REGION_EVENTS`
        effective ones. The number is of all that are simulated, also outside the region of the
        search.
        """
        ratio, signal = self._ratio(mass_GeV, 0), self.signals[mass_GeV]
        f1 = shares(ratio.edges, signal.score, signal.weight)
        order = np.argsort(-ratio.ratio)
        gain = np.cumsum((f1 * np.log1p(ratio.ratio * signal_to_background))[order])
        region = order[: 1 + np.searchsorted(gain, gain[-1] / 2)]
        score, weight = self._electronic(np.ones(len(self.background.event), bool))
        inside = weight[np.isin(ratio.cell(score), region)]
        # Rounded: sums of equal weights must not be worth less than their number.
        held = round(effective_events(inside), 6) if len(inside) else 1.0
        if held >= REGION_EVENTS:
            return 0
        generated = len(score) if self.generated is None else self.generated
        return int(np.ceil(generated * REGION_EVENTS / held))

    def _insensitive(
        self,
        functions: Sequence[cross_fit.Function],
        fits: Sequence[NuisanceFit],
        exposure_t_yr: float,
    ) -> list[cross_fit.Function]:
        """Functions of all folds less what the fitted nuisances explain of them."""
        events = exposure_t_yr * self.background.expected
        return [
            fit.insensitive(function, *self._outside(self.background, fold), events)
            for fold, (fit, function) in enumerate(zip(fits, functions, strict=True))
        ]

    @cached_property
    def _drawn_factors(self) -> Array:
        """Expected background in responses from the constraints, over the simulated one.

        Simulated events are resampled for each, as in toys: see `draws.add_uncertain`.
        """
        rng, background = generator(0, "resampled"), self.background
        found = []
        for _, weights in self.response.even(COUNTED).blocks(background.event):
            weight = background.weight * rng.standard_exponential(weights.shape)
            found.append((weights * weight).sum(axis=1) / weight.sum(axis=1))
        return np.concatenate(found)

    @cached_property
    def _fits(self) -> list[NuisanceFit]:
        weights, folds, background = self._drawn_weights, len(self.densities), self.background
        fits = []
        for fold, density in enumerate(self.densities):
            kept = cross_fit.outside(background.event, fold, folds)
            score, components = background.score[kept], background.components[kept]
            fits.append(
                NuisanceFit.from_sample(
                    density, score, components, self.uncertainties, weights[:, kept]
                )
            )
        return fits

    @property
    def _drawn_weights(self) -> NDArray[np.float32]:
        """Weights (responses, n) of the background in responses from the constraints."""
        drawn = self.response.draw(generator(0, "response"), RESPONSES)
        return drawn.weights(self.background.event)

    def _ratio(self, mass_GeV: float, fold: int) -> DensityRatio:
        background = self.background
        kept = cross_fit.outside(background.event, fold, len(self.densities))
        return DensityRatio.from_samples(
            self._outside(background, fold),
            self._outside(self.signals[mass_GeV], fold),
            self._electronic(kept),
        )

    def _electronic(self, kept: NDArray[np.bool_]) -> tuple[Array, Array]:
        """Scores and weights of the background's electronic recoils among the events `kept`."""
        own = kept & self.background.electronic
        return self.background.score[own], self.background.weight[own]

    def _outside(self, sample: WeightedScores, fold: int) -> tuple[Array, Array]:
        """Scores and weights of the events of a sample outside a fold."""
        kept = cross_fit.outside(sample.event, fold, len(self.densities))
        return sample.score[kept], sample.weight[kept]


def _surprise(density: ScoreDensity, score: Array) -> Array:
    return -density.log_density(score)[:, None]


def _beside(functions: tuple[cross_fit.Function, ...], score: Array) -> Array:
    return np.hstack([function(score) for function in functions])
