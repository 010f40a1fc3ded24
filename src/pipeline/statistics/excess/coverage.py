"""How often background alone is called a discovery: false-positive rates of every test.

Independent simulated samples stand for the truth in turn. For each ordered pair of them the search
is made with the first one, as a study does it, and searches data drawn from the second one.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from pipeline.core.seeds import generator
from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.extended_poisson import (
    COUNTING,
    LIKELIHOOD_RATIO,
    counted_p,
    likelihood_ratio,
)
from pipeline.statistics.excess.pairs import over_pairs
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.search import empirical_p

Array = NDArray[np.float64]

LEVELS_SIGMA = (1.0, 2.0, 3.0)


def coverage(
    samples: Sequence[Samples], wimp: Wimp, exposure_t_yr: float, toys: int, seed: int
) -> pd.DataFrame:
    """Table of false-positive rates.

    Columns test, level_sigma, nominal, rate, rate_err, ratio (rate over nominal), ratio_err, pairs
    and exposure_t_yr. Rates are means over ordered pairs, their errors a jackknife over samples.
    Rates are known: with uncertain ones, false positives are as rare as promised on average over
    the uncertainty only.

    Args:
        samples: three or more independent samples of the same expected background.
        wimp: the model that the likelihood ratio looks for.
        exposure_t_yr: exposure of an experiment [t yr].
        toys: toys of a sample, and data sets of a pair.
        seed: seed of the random numbers.

    Raises:
        ValueError: there are fewer than three samples.
    """
    nominal = np.asarray(norm.sf(np.array(LEVELS_SIGMA)), np.float64)

    @lru_cache(maxsize=1)
    def toys_of(first: int) -> dict[str, Array]:
        rng = generator(seed, "coverage", "toys", first)
        return _toys(samples[first], wimp, exposure_t_yr, toys, rng)

    def rates(first: int, second: int) -> dict[str, Array]:
        rng = generator(seed, "coverage", "data", first, second)
        data = _data(samples[first], samples[second], wimp, exposure_t_yr, toys, rng)
        b = exposure_t_yr * samples[first].background.expected
        p_values = {test: empirical_p(q, data[test]) for test, q in toys_of(first).items()} | {
            COUNTING: _counted(data[COUNTING], b)
        }
        return {test: (p[:, None] <= nominal).mean(axis=0) for test, p in p_values.items()}

    rows = []
    for test, (mean, error) in over_pairs(len(samples), rates).items():
        for i, level in enumerate(LEVELS_SIGMA):
            rows.append(
                {"test": test, "level_sigma": level, "nominal": nominal[i]}
                | {"rate": mean[i], "rate_err": error[i]}
                | {"ratio": mean[i] / nominal[i], "ratio_err": error[i] / nominal[i]}
                | {"pairs": len(samples) * (len(samples) - 1), "exposure_t_yr": exposure_t_yr}
            )
    return pd.DataFrame(rows).sort_values(["test", "level_sigma"], ignore_index=True)


def divided(samples: Samples, parts: int) -> list[Samples]:
    """The events of one sample as independent samples, each with the whole expected background."""
    return [
        Samples.cross_fitted(
            samples.background.part(part, parts),
            {mass: signal.part(part, parts) for mass, signal in samples.signals.items()},
        )
        for part in range(parts)
    ]


def _toys(
    samples: Samples, wimp: Wimp, exposure: float, toys: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Background-only toys of the tests, without uncertainty of the rates."""
    background = samples.background
    gains, s, b = _model(samples, wimp, exposure)
    gain = cross_fit.of_simulation(gains, background.score, background.event)
    known = np.zeros(background.components.shape[1])
    values = np.column_stack([samples.surprise, gain])
    return _statistics(
        samples, *background.draw_uncertain(rng, exposure, known, values, toys), b, s
    )


def _data(
    samples: Samples,
    truth: Samples,
    wimp: Wimp,
    exposure: float,
    data_sets: int,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Statistics of `samples` for data sets of another sample's events."""
    gains, s, b = _model(samples, wimp, exposure)
    score = truth.background.score
    values = np.column_stack([samples.surprise_of_data(score), cross_fit.of_data(gains, score)])
    events, sums = truth.background.draw_thinned(rng, exposure, values, data_sets)
    return _statistics(samples, events, sums, b, s) | {COUNTING: events.astype(float)}


def _model(
    samples: Samples, wimp: Wimp, exposure: float
) -> tuple[list[cross_fit.Function], float, float]:
    """Gains of the likelihood ratio, expected signal and expected background."""
    s = exposure * wimp.cross_section_cm2 * samples.signals[wimp.mass_GeV].expected
    b = exposure * samples.background.expected
    return samples.gains(wimp.mass_GeV, np.array([s / b])), s, b


def _statistics(
    samples: Samples, events: NDArray[np.int64], sums: Array, b: float, s: float
) -> dict[str, Array]:
    return samples.blind(events, sums[:, 0], b) | {
        LIKELIHOOD_RATIO: likelihood_ratio(sums[:, 1], s)
    }


def _counted(events: Array, background: float) -> Array:
    different, places = np.unique(events, return_inverse=True)
    return np.array([counted_p(n, background) for n in different.tolist()])[places]
