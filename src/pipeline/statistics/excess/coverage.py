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
RATES_KNOWN, RATES_DRAWN = "known", "drawn"


def coverage(
    samples: Sequence[Samples], wimp: Wimp, exposure_t_yr: float, toys: int, seed: int
) -> pd.DataFrame:
    """Table of false-positive rates.

    Columns test, level_sigma, rates, nominal, rate, rate_err, ratio (rate over nominal), ratio_err,
    pairs and exposure_t_yr. False-positive rates are means over ordered pairs, their errors a
    jackknife over samples. A rate is missing where no p-value of so few toys is as small as its
    level; counting has exact p-values.

    Expected rates of the background are "known": toys and data have the nominal ones. Where they
    are uncertain there are also rows for p-values as they are applied to data, "drawn": toys and
    data sets have rates from the constraints, and false positives are as rare as promised on
    average over these only. So they always are for the response: each data set has one of its own.

    Args:
        samples: three or more independent samples of the same expected background.
        wimp: the model that the likelihood ratio looks for.
        exposure_t_yr: exposure of an experiment [t yr].
        toys: toys of a sample, and data sets of a pair.
        seed: seed of the random numbers.

    Raises:
        ValueError: there are fewer than three samples.
    """
    kinds = [RATES_KNOWN]
    if any(own.rates_uncertainty > 0 for own in samples):
        kinds.append(RATES_DRAWN)
    tests = [_Tests.of(own, wimp, exposure_t_yr) for own in samples]
    tables = [_of_rates(kind, samples, tests, exposure_t_yr, toys, seed) for kind in kinds]
    return pd.concat(tables).sort_values(["test", "level_sigma", "rates"], ignore_index=True)


def _of_rates(
    kind: str,
    samples: Sequence[Samples],
    tests: Sequence["_Tests"],
    exposure_t_yr: float,
    toys: int,
    seed: int,
) -> pd.DataFrame:
    """Rows of `coverage` for one kind of rates; `tests` are those of each sample."""
    drawn = kind == RATES_DRAWN
    identity = ("coverage", kind) if drawn else ("coverage",)
    drawn_from = [own if drawn else own.known_rates for own in samples]
    nominal = np.asarray(norm.sf(np.array(LEVELS_SIGMA)), np.float64)
    reached = nominal >= empirical_p(np.zeros(toys), np.ones(1))

    @lru_cache(maxsize=1)
    def toys_of(first: int) -> dict[str, Array]:
        rng = generator(seed, *identity, "toys", first)
        return _toys(tests[first], drawn_from[first], exposure_t_yr, toys, rng)

    def rates(first: int, second: int) -> dict[str, Array]:
        rng = generator(seed, *identity, "data", first, second)
        data = _data(tests[first], drawn_from[second], exposure_t_yr, toys, rng)
        counted = drawn_from[first].number_of_events(exposure_t_yr).at_least(data[COUNTING])
        return {
            test: np.where(reached, _below(empirical_p(q, data[test]), nominal), np.nan)
            for test, q in toys_of(first).items()
        } | {COUNTING: _below(counted, nominal)}

    rows = []
    for test, (mean, error) in over_pairs(len(samples), rates).items():
        for i, level in enumerate(LEVELS_SIGMA):
            rows.append(
                {"test": test, "level_sigma": level, "rates": kind, "nominal": nominal[i]}
                | {"rate": mean[i], "rate_err": error[i]}
                | {"ratio": mean[i] / nominal[i], "ratio_err": error[i] / nominal[i]}
                | {"pairs": len(samples) * (len(samples) - 1), "exposure_t_yr": exposure_t_yr}
            )
    return pd.DataFrame(rows)


def divided(samples: Samples, parts: int) -> list[Samples]:
    """The events of one sample as independent samples, each with the whole expected background."""
    return [
        Samples.cross_fitted(
            samples.background.part(part, parts),
            {mass: signal.part(part, parts) for mass, signal in samples.signals.items()},
            uncertainty=samples.uncertainty,
            response=samples.response,
        )
        for part in range(parts)
    ]


def _below(p_values: Array, levels: Array) -> Array:
    """Share of p-values at or below each level."""
    return np.asarray((p_values[:, None] <= levels).mean(axis=0), np.float64)


def _toys(
    tests: "_Tests", samples: Samples, exposure: float, toys: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Background-only toys of `samples`."""
    values = np.hstack([samples.background.values(f) for f in tests.functions])
    return tests.statistics(*samples.draw_uncertain(rng, exposure, values, toys))


def _data(
    tests: "_Tests", truth: Samples, exposure: float, data_sets: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Statistics of data sets of the events of `truth`, which made none of the tests."""
    values = np.hstack([cross_fit.of_data(f, truth.background.score) for f in tests.functions])
    responses = truth.response.draw(rng, data_sets)
    events, sums = truth.background.draw_thinned(
        rng, exposure, values, responses, truth.uncertainty
    )
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
