"""How often background alone is called a discovery: false-positive rates of every test.

Independent simulated samples stand for the truth in turn. For each ordered pair of them the search
is made with the first one, as a study does it, and searches data drawn from the second one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

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
    likelihood_ratio,
)
from pipeline.statistics.excess.pairs import over_pairs
from pipeline.statistics.excess.samples import Blind, Samples
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
    the uncertainty only. So they are here over the uncertainty of the response, where `samples`
    have one: each data set has a response from the constraints. A rate is missing where no p-value
    of so few toys is as small as its level; counting has exact p-values.

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
    of_known_rates = [own.known_rates for own in samples]
    reached = nominal >= empirical_p(np.zeros(toys), np.ones(1))

    @lru_cache(maxsize=1)
    def toys_of(first: int) -> dict[str, Array]:
        rng = generator(seed, "coverage", "toys", first)
        return _toys(samples[first], wimp, exposure_t_yr, toys, rng)

    def rates(first: int, second: int) -> dict[str, Array]:
        rng = generator(seed, "coverage", "data", first, second)
        data = _data(samples[first], samples[second], wimp, exposure_t_yr, toys, rng)
        counted = of_known_rates[first].number_of_events(exposure_t_yr).at_least(data[COUNTING])
        return {
            test: np.where(reached, _below(empirical_p(q, data[test]), nominal), np.nan)
            for test, q in toys_of(first).items()
        } | {COUNTING: _below(counted, nominal)}

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
            response=samples.response,
        )
        for part in range(parts)
    ]


def _below(p_values: Array, levels: Array) -> Array:
    """Share of p-values at or below each level."""
    return np.asarray((p_values[:, None] <= levels).mean(axis=0), np.float64)


def _toys(
    samples: Samples, wimp: Wimp, exposure: float, toys: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Background-only toys of the tests, without uncertainty of the rates."""
    tests = _Tests.of(samples, wimp, exposure)
    values = np.hstack([samples.background.values(f) for f in tests.functions])
    return tests.statistics(*samples.known_rates.draw_uncertain(rng, exposure, values, toys))


def _data(
    samples: Samples,
    truth: Samples,
    wimp: Wimp,
    exposure: float,
    data_sets: int,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Statistics of `samples` for data sets of another sample's events."""
    tests = _Tests.of(samples, wimp, exposure)
    values = np.hstack([cross_fit.of_data(f, truth.background.score) for f in tests.functions])
    responses = truth.response.draw(rng, data_sets)
    events, sums = truth.background.draw_thinned(rng, exposure, values, responses)
    return tests.statistics(events, sums) | {COUNTING: events.astype(float)}


@dataclass(frozen=True)
class _Tests:
    """All tests but counting: those that know no WIMP, and the likelihood ratio of `signal`."""

    blind: Blind
    gains: Sequence[cross_fit.Function]
    signal: float

    @classmethod
    def of(cls, samples: Samples, wimp: Wimp, exposure: float) -> Self:
        s = exposure * wimp.cross_section_cm2 * samples.signals[wimp.mass_GeV].expected
        return cls(
            samples.blind(exposure), samples.gains(wimp.mass_GeV, np.array([s]), exposure), s
        )

    @property
    def functions(self) -> tuple[Sequence[cross_fit.Function], ...]:
        return self.blind.functions, self.gains

    def statistics(self, events: NDArray[np.int64], sums: Array) -> dict[str, Array]:
        return self.blind.statistics(events, sums[:, :2]) | {
            LIKELIHOOD_RATIO: likelihood_ratio(sums[:, 2], self.signal)
        }
