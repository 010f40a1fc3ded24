"""How often a true cross-section is allowed by the limit of data that hold it: 90 % or more.

As in `coverage` independent samples stand for the truth in turn: the limit is made with the first
sample of a pair, the data, background and signal, are drawn from the second one.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.seeds import generator
from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.extended_poisson import (
    COUNTING,
    LIKELIHOOD_RATIO,
    likelihood_ratio,
)
from pipeline.statistics.excess.limits import LimitToys, counted_cls, toys_by_mass
from pipeline.statistics.excess.pairs import over_pairs
from pipeline.statistics.excess.samples import Blind, Samples

Array = NDArray[np.float64]


def limit_coverage(
    samples: Sequence[Samples],
    mass_GeV: float,
    cross_sections_cm2: Sequence[float],
    exposure_t_yr: float,
    confidence_level: float,
    toys: int,
    seed: int,
) -> pd.DataFrame:
    """Table of the share of data sets whose limit is above the truth.

    Columns test, mass_GeV, cross_section_cm2, signal (events), nominal (the confidence level),
    coverage and coverage_err (mean over ordered pairs, jackknife over samples), exposure_t_yr.
    Rates are known; each data set has a response from the constraints. CLs covers more than
    nominal where the signal is too weak to be seen.

    Raises:
        ValueError: there are fewer than three samples.
    """
    true = np.asarray(cross_sections_cm2, float)
    samples = [own.known_rates.only([mass_GeV]) for own in samples]
    alpha = 1 - confidence_level

    def signal(sample: Samples) -> Array:
        return exposure_t_yr * true * sample.signals[mass_GeV].expected

    tests = [
        (own.blind(exposure_t_yr), own.gains(mass_GeV, signal(own), exposure_t_yr))
        for own in samples
    ]

    @lru_cache(maxsize=1)
    def toys_of(first: int) -> dict[str, LimitToys]:
        own = samples[first]
        ((_, found),) = toys_by_mass(own, exposure_t_yr, signal(own), toys, seed)
        return found

    def allowed(first: int, second: int) -> dict[str, Array]:
        rng = generator(seed, "limit coverage", first, second)
        sample, truth = samples[first], samples[second]
        events, q = _data(
            tests[first], truth, mass_GeV, exposure_t_yr, true, signal(sample), toys, rng
        )
        found = {test: of.cls(q[test]) for test, of in toys_of(first).items()}
        different, places = np.unique(events, return_inverse=True)
        number = sample.number_of_events(exposure_t_yr)
        counted = counted_cls(number, different, signal(sample))[places.reshape(events.shape)]
        found[COUNTING] = np.diagonal(counted, axis1=1, axis2=2)
        return {test: (cls > alpha).mean(axis=0) for test, cls in found.items()}

    rows = []
    for test, (mean, error) in over_pairs(len(samples), allowed).items():
        for i, s in enumerate(signal(samples[0])):
            rows.append(
                {"test": test, "mass_GeV": mass_GeV, "cross_section_cm2": true[i], "signal": s}
                | {"nominal": confidence_level, "coverage": mean[i], "coverage_err": error[i]}
                | {"exposure_t_yr": exposure_t_yr}
            )
    return pd.DataFrame(rows).sort_values(["test", "cross_section_cm2"], ignore_index=True)


def _data(
    tests: tuple[Blind, Sequence[cross_fit.Function]],
    truth: Samples,
    mass_GeV: float,
    exposure: float,
    cross_sections: Array,
    signal: Array,
    data_sets: int,
    rng: np.random.Generator,
) -> tuple[Array, dict[str, Array]]:
    """Numbers of events and statistics (data sets, cross-sections) of another sample's events.

    `tests` are those without a signal model and the likelihood ratios' gains, of the sample that
    the search is made with. All cross-sections share the background.
    """
    blind, gains = tests

    def values(score: Array) -> Array:
        return np.hstack([cross_fit.of_data(own, score) for own in (blind.functions, gains)])

    background, of_signal = truth.background, truth.signals[mass_GeV]
    responses = truth.response.draw(rng, data_sets)
    events, sums = background.draw_thinned(rng, exposure, values(background.score), responses)
    numbers, statistics = [], []
    for i, cross_section in enumerate(cross_sections.tolist()):
        more, added = of_signal.draw_thinned(
            rng, exposure * cross_section, values(of_signal.score), responses
        )
        both = sums + added
        numbers.append(events + more)
        statistics.append(
            blind.statistics(events + more, both[:, :2])
            | {LIKELIHOOD_RATIO: likelihood_ratio(both[:, 2 + i], signal[i])}
        )
    names = statistics[0]
    return np.column_stack(numbers), {
        test: np.column_stack([q[test] for q in statistics]) for test in names
    }
