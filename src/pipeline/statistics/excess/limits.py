"""Upper limits on the cross-section, of data and of experiments with background alone.

A test excludes s signal events at a confidence level of 1 - alpha where

    CLs = P(q <= q_obs | s + B) / P(q <= q_obs | B) <= alpha

(Read 2002, J. Phys. G 28, 2693), from toys whose simulated events are resampled and whose rates
and response vary within their uncertainties under both hypotheses; signal and background of a toy
have one response. An experiment whose background fluctuates
down excludes no WIMP that it cannot see: as a toy without a signal event has probability e^-s, no
limit is below -ln(alpha) events, 2.3 at 90 %, whatever the test.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.counting import NumberOfEvents
from pipeline.statistics.excess.extended_poisson import (
    COUNTING,
    LIKELIHOOD_RATIO,
    likelihood_ratio,
)
from pipeline.statistics.excess.response import Responses
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

BANDS_SIGMA = (-2.0, -1.0, 0.0, 1.0, 2.0)
SIGNALS = 24  # expected signals at which CLs is computed
PARTS = 10  # of the toys, for the error
RESPONSES = 500  # of the detector, which toys take in turn: signal is drawn for each anew


@dataclass(frozen=True)
class LimitToys:
    """Toys of one test, (toys, signals): without signal, and with each of several.

    `without` may be (toys,), where the statistic depends on no signal.
    """

    without: Array
    with_signal: Array

    def __post_init__(self) -> None:
        without = self.without.reshape(len(self.without), -1)
        without = np.broadcast_to(without, self.with_signal.shape)
        object.__setattr__(self, "without", without)

    def without_part(self, part: int) -> Self:
        """All but every `PARTS`-th toy."""
        kept = np.arange(len(self.without)) % PARTS != part
        return type(self)(self.without[kept], self.with_signal[kept])

    def cls(self, q: Array) -> Array:
        """CLs (n, signals) of `q` (n, signals); 1 where no background-only toy is at or below q."""
        found = np.ones(q.shape)
        for i in range(q.shape[1]):
            sides = (np.sort(self.with_signal[:, i]), np.sort(self.without[:, i]))
            both, alone = (np.searchsorted(side, q[:, i], side="right") for side in sides)
            np.divide(both, alone, out=found[:, i], where=alone > 0)
        return found

    def quantiles(self, p: Array) -> Array:
        """q (n, signals) at probabilities (n,) of background alone."""
        return np.quantile(self.without, p, axis=0, method="inverted_cdf")


def upper_limits(
    samples: Samples,
    exposure_t_yr: float,
    confidence_level: float,
    toys: int,
    seed: int,
    scores: Array | None = None,
) -> pd.DataFrame:
    """Limits of data, and of experiments with background alone, on WIMPs of each mass of `samples`.

    Columns mass_GeV, test, band_sigma (0: the median experiment; -1: q is lower in 16 % of all;
    NaN: the data), cross_section_cm2, cross_section_err_cm2, signal (events at the limit), beyond
    ("above grid": ten standard deviations of B are not excluded, and the values are lower limits),
    events_needed (of the likelihood ratio, see `Samples.events_needed`; 0: no mark), exposure_t_yr,
    confidence_level, background and background_uncertainty. Errors are a jackknife over toys.
    Counting is exact.

    Args:
        samples: simulated scores.
        exposure_t_yr: exposure [t yr].
        confidence_level: such as 0.9.
        toys: background-only toys, and toys with each signal.
        seed: seed of the random numbers.
        scores: observed scores (n,); None: no data.
    """
    alpha = 1 - confidence_level
    b, uncertainty = exposure_t_yr * samples.background.expected, samples.background_uncertainty
    signal = signals(b, uncertainty, alpha)
    bands = BANDS_SIGMA if scores is None else (*BANDS_SIGMA, np.nan)
    expected = {"exposure_t_yr": exposure_t_yr, "confidence_level": confidence_level}
    expected |= {"background": b, "background_uncertainty": uncertainty}
    number = samples.number_of_events(exposure_t_yr)
    events = number.quantiles(np.asarray(norm.cdf(BANDS_SIGMA), np.float64))
    if scores is not None:
        events = np.append(events, len(scores))
    counted = crossing(signal, counted_cls(number, events, signal), alpha)
    progress = Progress("limits", len(samples.signals), "masses")
    rows = []
    for mass, tests in toys_by_mass(samples, exposure_t_yr, signal, toys, seed):
        per_event = 1 / (exposure_t_yr * samples.signals[mass].expected)
        observed = {}
        if scores is not None:
            observed = _observed(samples, mass, signal, exposure_t_yr, scores)
        found = {
            test: _limits(own, signal, alpha, observed.get(test)) for test, own in tests.items()
        }
        found[COUNTING] = counted, np.zeros(len(bands))
        for test, (limits, errors) in found.items():
            for band, limit, error in zip(bands, limits, errors, strict=True):
                needed = samples.events_needed(mass, limit / b) if test == LIKELIHOOD_RATIO else 0
                rows.append(
                    {"mass_GeV": mass, "test": test, "band_sigma": band}
                    | {"cross_section_cm2": limit * per_event}
                    | {"cross_section_err_cm2": error * per_event, "signal": limit}
                    | {"beyond": "above grid" if limit == signal[-1] else "no"}
                    | {"events_needed": needed, **expected}
                )
        progress.update(1)
    progress.finish()
    return pd.DataFrame(rows).sort_values(["mass_GeV", "test", "band_sigma"], ignore_index=True)


def signals(background: float, uncertainty: float, alpha: float) -> Array:
    """Expected signals (SIGNALS,) between the lowest limit that CLs can set and far above any."""
    spread = np.sqrt(background + (uncertainty * background) ** 2)
    return np.geomspace(-np.log(alpha), 10 * (1 + spread), SIGNALS)


def toys_by_mass(
    samples: Samples, exposure_t_yr: float, signal: Array, toys: int, seed: int
) -> Iterator[tuple[float, dict[str, LimitToys]]]:
    """Each mass [GeV] of `samples` with the toys of all tests but counting.

    `signal` (signals,) are expected events. Toys with signal have the background of those without;
    all masses share it.
    """
    background, masses = samples.background, list(samples.signals)
    blind = samples.blind(exposure_t_yr)
    gains = {mass: samples.gains(mass, signal, exposure_t_yr) for mass in masses}
    values = [background.values(own) for own in (blind.functions, *gains.values())]
    rng = generator(seed, "limits")
    responses = samples.response.draw(rng, toys, RESPONSES)
    events, sums = background.draw_uncertain(
        rng, exposure_t_yr, samples.uncertainties, np.hstack(values), responses
    )
    surprise, *gain = np.split(sums, 2 + np.arange(len(masses)) * len(signal), axis=1)
    alone = blind.statistics(events, surprise)
    for mass, own in zip(masses, gain, strict=True):
        sample = samples.signals[mass]
        of_signal = np.hstack([sample.values(blind.functions), sample.values(gains[mass])])
        rngs = [generator(seed, "limits", f"{mass}", i) for i in range(len(signal))]
        more, added = _signal_toys(rngs, sample, signal, of_signal, responses)
        with_signal: list[dict[str, Array]] = []
        for i, s in enumerate(signal.tolist()):
            q = blind.statistics(events + more[:, i], surprise + added[:, :2, i])
            q[LIKELIHOOD_RATIO] = likelihood_ratio(own[:, i] + added[:, 2, i], s)
            with_signal.append(q)
        without = alone | {LIKELIHOOD_RATIO: likelihood_ratio(own, signal)}
        yield (
            mass,
            {
                test: LimitToys(q, np.column_stack([found[test] for found in with_signal]))
                for test, q in without.items()
            },
        )


def _signal_toys(
    rngs: Sequence[np.random.Generator],
    sample: WeightedScores,
    signal: Array,
    values: Array,
    responses: Responses,
) -> tuple[Counts, Array]:
    """Numbers of events (toys, signals) of a signal, and their sums (toys, 3, signals).

    The sums are of the first two columns of `values` (n, 2 + signals) and of each signal's own.
    `signal` (signals,) are expected events in the simulated response, each with random numbers of
    its own.
    """
    events = np.empty((responses.toys, len(signal)), np.int64)
    sums = np.empty((responses.toys, 3, len(signal)))
    columns = [np.ascontiguousarray(values[:, [0, 1, 2 + i]]) for i in range(len(signal))]
    for first, weights in enumerate(responses.weights(sample.event)):
        own = slice(first, None, len(responses.theta))
        varied = sample.of_response(weights)
        expected = signal * varied.expected / sample.expected
        for i, rng in enumerate(rngs):
            found = varied.draw_sums(rng, expected[i], columns[i], len(events[own]))
            events[own, i], sums[own, :, i] = found
    return events, sums


def _observed(
    samples: Samples, mass_GeV: float, signal: Array, exposure_t_yr: float, scores: Array
) -> dict[str, Array]:
    """Statistics of the data (signals,) of all tests but counting."""
    gains = samples.gains(mass_GeV, signal, exposure_t_yr)
    gain = cross_fit.of_data(gains, scores).sum(axis=0)
    blind = samples.blind(exposure_t_yr).of_data(scores)
    found = {test: np.broadcast_to(q, signal.shape) for test, q in blind.items()}
    return found | {LIKELIHOOD_RATIO: likelihood_ratio(gain, signal)}


def _limits(
    toys: LimitToys, signal: Array, alpha: float, observed: Array | None
) -> tuple[Array, Array]:
    """Limits [events] of each band and of the data, if any, and their errors."""
    p = np.asarray(norm.cdf(BANDS_SIGMA), np.float64)
    data = np.empty((0, len(signal))) if observed is None else observed[None]

    def limits(of: LimitToys) -> Array:
        return crossing(signal, of.cls(np.vstack([of.quantiles(p), data])), alpha)

    parts = np.array([limits(toys.without_part(part)) for part in range(PARTS)])
    return limits(toys), np.sqrt(PARTS - 1) * parts.std(axis=0)


def counted_cls(number: NumberOfEvents, events: Array, signal: Array) -> Array:
    """Exact CLs (n, signals) of `events` (n,) observed ones, as `LimitToys.cls`."""
    alone = number.at_most(events)
    both = np.column_stack([number.at_most(events, s) for s in signal.tolist()])
    return np.divide(both, alone[:, None], out=np.ones(both.shape), where=alone[:, None] > 0)


def crossing(signal: Array, cls: Array, alpha: float) -> Array:
    """Signal above which CLs (n, signals) is at most alpha, (n,); the last one where it is not.

    Interpolated linearly in ln CLs, which is -s where a test is at its best.
    """
    log = np.log(np.maximum(cls, 1e-300))
    found = np.empty(len(cls))
    for row in range(len(cls)):
        allowed = np.flatnonzero(cls[row] > alpha)
        last = int(allowed[-1]) if len(allowed) else 0
        pair = slice(last, last + 2)
        # np.interp needs rising abscissae.
        found[row] = np.interp(-np.log(alpha), -log[row, pair], signal[pair])
    return found
