"""The global p-value of the best of all tests of observed data."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from pipeline.core.seeds import generator
from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.samples import Samples


def global_p(
    samples: Samples,
    wimp: Wimp,
    exposure_t_yr: float,
    scores: NDArray[np.float64],
    toys: int,
    seed: int,
) -> float:
    """How often background alone gives as small a p-value in any test as the data do in theirs.

    Data and background-only toys are ranked together in each test, and then by the best of their
    ranks.

    Args:
        samples: simulated scores, with signals of the mass of `wimp`.
        wimp: the model of the likelihood ratio.
        exposure_t_yr: exposure of the data [t yr].
        scores: observed scores (n,) in the region.
        toys: background-only toys.
        seed: seed of the random numbers.
    """
    blind = samples.blind(exposure_t_yr)
    s = exposure_t_yr * wimp.cross_section_cm2 * samples.signals[wimp.mass_GeV].expected
    functions = [blind.functions, samples.gains(wimp.mass_GeV, np.array([s]), exposure_t_yr)]
    values = np.hstack([samples.background.values(own) for own in functions])
    events, sums = samples.draw_uncertain(generator(seed, "best test"), exposure_t_yr, values, toys)
    of_data = [cross_fit.of_data(own, scores).sum(axis=0) for own in functions]
    events, sums = np.append(len(scores), events), np.vstack([np.hstack(of_data), sums])
    tests = [events, sums[:, 2], *blind.statistics(events, sums[:, :2]).values()]
    best = rankdata(-np.column_stack(tests), method="max", axis=0).min(axis=1)
    return float((best <= best[0]).mean())
