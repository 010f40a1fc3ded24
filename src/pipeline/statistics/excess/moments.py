"""Statistical error of a significance that the simulation's own fluctuations leave.

A significance is about the mean of a sum of gains that the signal adds, over the sum's standard
deviation without signal. Both are moments of the weighted samples, so that they can be computed
again for resampled simulated events, where toys would take too long.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.statistics.excess.extended_poisson import ANOMALY, LIKELIHOOD_RATIO, SHAPE
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores

Array = NDArray[np.float64]

REPLICATES = 50


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
    in both. Functions of the score are not made anew.

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
    events = 1 + max(background.event.max(), signal.event.max())
    rates, found = background.components.sum(axis=0), []
    for _ in range(REPLICATES):
        times = rng.poisson(1.0, events).astype(float)
        components = background.components * times[background.event][:, None]
        kept = components.sum(axis=0)
        components *= exposure * np.divide(rates, kept, out=np.zeros_like(rates), where=kept > 0)
        added = signal.weight * times[signal.event]
        added *= exposure * signal.expected / added.sum()
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
    return {test: np.array([row[i] for row in found]) for i, test in enumerate(tests)}


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
