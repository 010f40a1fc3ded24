"""Significances by moments, and the errors that the simulation's own fluctuations leave.

A significance is about the mean of a sum of gains that the signal adds, over the sum's standard
deviation without signal; the sum's skewness says how far its tail is from a Gaussian one. All are
moments of the weighted samples, so that they can be computed again for other scores or resampled
simulated events, where toys would take too long.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.extended_poisson import (
    ANOMALY,
    COUNTING,
    LIKELIHOOD_RATIO,
    SHAPE,
)
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores

Array = NDArray[np.float64]

REPLICATES = 50
GAUSSIAN = 1e-3  # skewness below which it cannot be told from none
RESPONSES = 256  # from the constraints, a power of two


def by_moments(
    samples: Samples, wimp: Wimp, exposure_t_yr: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Significance of each test without toys: columns test, significance and significance_err.

    The mean that the signal adds to a sum of gains is compared with the gamma distribution that has
    the mean, variance and skewness of background-only toys, of uncertain rates and response. Errors
    come from the number of simulated events: all is computed again for `REPLICATES` resamplings.
    """
    background, signal = samples.background, samples.signals[wimp.mass_GeV]
    of_background, of_signal = event_gains(samples, wimp, exposure_t_yr)
    tests = list(of_background)
    gain, added = (
        np.column_stack([found[test] for test in tests]) for found in (of_background, of_signal)
    )
    change = samples.response.even(RESPONSES).weights(background.event) - 1
    is_shape = np.array([test == SHAPE for test in tests])

    def significances(times: Array) -> Array:
        components, expected = _resampled(samples, signal, exposure_t_yr, times)
        weight = components.sum(axis=1)
        # The shape's gains are those above their mean.
        typical = is_shape * (weight @ gain) / weight.sum()
        mean, variance, third = cumulants(
            gain - typical, components, exposure_t_yr * background.weight, samples, change
        )
        q = wimp.cross_section_cm2 * (expected @ (added - typical)) - mean
        return gamma_quantile(q / np.sqrt(variance), third / variance**1.5)

    events = _events(background, signal)
    again = [significances(rng.poisson(1.0, events).astype(float)) for _ in range(REPLICATES)]
    table = pd.DataFrame({"test": tests, "significance": significances(np.ones(events))})
    table["significance_err"] = np.std(again, axis=0)
    return table.sort_values("test", ignore_index=True)


def cumulants(
    gain: Array, components: Array, own: Array, samples: Samples, change: NDArray[np.float32]
) -> tuple[Array, Array, Array]:
    """Mean, variance and third cumulant (k,) of sums of gains (n, k) in background-only toys.

    The mean is relative to that of the simulated response. Besides what `spread` has, `change`
    (responses, n) are the relative changes of the events' weights in drawn responses. What
    fluctuates on its own adds up; means that fluctuate add to the third cumulant of the sum also
    three times their covariance with its variance (law of total cumulance).
    """
    weight = components.sum(axis=1)
    centred = gain - weight @ gain / weight.sum()
    # Poisson numbers of events, of which a simulated one stands for `own` times an exponential one.
    variance = weight @ gain**2 + (weight * own) @ centred**2
    third = weight @ gain**3 + (weight * own * (3 + 2 * own)) @ centred**3
    rates = samples.uncertainties[:, None] ** 2
    first, second = components.T @ gain, components.T @ gain**2
    variance += (rates * first**2).sum(axis=0)
    third += (3 * rates * first * second + 2 * rates**2 * first**3).sum(axis=0)
    first, second = (
        np.asarray(change @ (weight[:, None] * power).astype(np.float32), np.float64)
        for power in (gain, gain**2)
    )
    mean = first.mean(axis=0)
    first -= mean
    variance += (first**2).mean(axis=0)
    third += (3 * first * second + first**3).mean(axis=0)
    return mean, variance, third


def gamma_quantile(z: Array, skewness: Array) -> Array:
    """Gaussian quantile of standardised values of gamma variables.

    Those of Wilson & Hilferty (1931, PNAS 17, 684), which hold to 0.1 sigma at 5 sigma and have
    values where a tail underflows. Sums of gains are skewed where a few events of high gain carry
    them, and a Gaussian would promise too much. With a negative skewness the distribution would
    end, and promise more than a Gaussian, which is taken then.
    """
    skewed = np.maximum(skewness, GAUSSIAN)
    return np.where(
        skewness > GAUSSIAN, 6 / skewed * (np.cbrt(1 + skewed * z / 2) - 1) + skewed / 6, z
    )


def event_gains(
    samples: Samples, wimp: Wimp, exposure_t_yr: float
) -> tuple[dict[str, Array], dict[str, Array]]:
    """What each event adds to the statistic of each test (n,): background, and signal of `wimp`."""
    signal = samples.signals[wimp.mass_GeV]
    s = exposure_t_yr * wimp.cross_section_cm2 * signal.expected
    log_gains = samples.gains(wimp.mass_GeV, np.array([s]), exposure_t_yr)
    blind = samples.blind(exposure_t_yr)

    def of(sample: WeightedScores) -> dict[str, Array]:
        surprise, fitted = sample.values(blind.functions).T
        return {
            ANOMALY: surprise,
            SHAPE: fitted - blind.typical.mean,
            LIKELIHOOD_RATIO: sample.values(log_gains)[:, 0],
            COUNTING: np.ones(len(sample.score)),
        }

    return of(samples.background), of(signal)


def resampled_significances(
    samples: Samples,
    signal: WeightedScores,
    gains: tuple[Array, Array],
    exposure: float,
    cross_sections: Array,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Significances by moments of each test, shape (REPLICATES, cross-sections).

    Simulated events count Poisson(1) times in a replicate, an event of background and signal alike
    in both. Functions of the score are not made anew. Tests of the score have the same expected
    events in all replicates. Counting, which nothing else would change, has those of the replicate.
    That is the most they can fluctuate: where all recoils are selected, they do not.

    Args:
        samples: give the background and the uncertainties of its rates.
        signal: simulated signal.
        gains: values of background and signal events: `Blind.functions`, then gains of the
            likelihood ratio, a column for each cross-section.
        exposure: exposure [t yr].
        cross_sections: cross-sections [cm2].
        rng: random numbers.
    """
    background = samples.background
    events, found, counted = _events(background, signal), [], []
    for _ in range(REPLICATES):
        times = rng.poisson(1.0, events).astype(float)
        rates = exposure * (times[background.event] @ background.components)
        width = np.sqrt(rates.sum() + np.square(samples.uncertainties * rates).sum())
        counted.append(cross_sections * exposure * (times[signal.event] @ signal.weight) / width)
        components, added = _resampled(samples, signal, exposure, times)
        weight = components.sum(axis=1)
        own = exposure * background.weight
        typical = weight @ gains[0][:, 1] / weight.sum()
        pairs = [
            tuple(gain[:, :1] for gain in gains),
            tuple(gain[:, 1:2] - typical for gain in gains),
            tuple(gain[:, 2:] for gain in gains),
        ]
        found.append(
            [
                _significance(cross_sections * (added @ of_signal), gain, components, own, samples)
                for gain, of_signal in pairs
            ]
        )
    tests = (ANOMALY, SHAPE, LIKELIHOOD_RATIO)
    by_test = {test: np.array([row[i] for row in found]) for i, test in enumerate(tests)}
    return by_test | {COUNTING: np.array(counted)}


def relative_error(resampled: Array) -> float:
    """Relative error of a significance, from those of resampled simulated events (n,)."""
    mean = float(np.mean(resampled))
    return float(np.std(resampled)) / mean if mean > 0 else 0.0


def _events(background: WeightedScores, signal: WeightedScores) -> int:
    """One more than the largest number of an event."""
    return int(1 + max(background.event.max(), signal.event.max()))


def _resampled(
    samples: Samples, signal: WeightedScores, exposure: float, times: Array
) -> tuple[Array, Array]:
    """Events that simulated ones stand for if event i occurs `times[i]` times, of the same rates.

    Those of the background (n, components), and those of the signal (m,) per cm2.
    """
    background = samples.background
    rates = background.components.sum(axis=0)
    components = background.components * times[background.event][:, None]
    kept = components.sum(axis=0)
    components *= exposure * np.divide(rates, kept, out=np.zeros_like(rates), where=kept > 0)
    added = signal.weight * times[signal.event]
    added *= exposure * signal.expected / added.sum()
    return components, added


def _significance(
    added: Array, gain: Array, components: Array, own: Array, samples: Samples
) -> Array:
    """Gain `added` (k,) over `spread`; zero where there is none."""
    added, width = np.broadcast_arrays(added, spread(gain, components, own, samples))
    return np.divide(added, width, out=np.zeros(len(added)), where=width > 0)


def spread(gain: Array, components: Array, own: Array, samples: Samples) -> Array:
    """Standard deviation (k,) of the sum of gains (n, k) in background-only toys.

    It comes from Poisson fluctuations, those of the simulation, whose events stand for `own` (n,)
    and in a replicate for `components` (n, components), and those of the rates. The response is
    the simulated one.
    """
    weight = components.sum(axis=1)
    centred = gain - weight @ gain / weight.sum()
    rates = samples.uncertainties[:, None] * (components.T @ gain)
    variance = weight @ gain**2 + (weight * own) @ centred**2 + (rates**2).sum(axis=0)
    return np.asarray(np.sqrt(variance), np.float64)
