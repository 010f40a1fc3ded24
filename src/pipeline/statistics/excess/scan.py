"""Global significance of a search that looks more than once: at several masses, with several tests.

The smallest of several p-values is smaller than one of them. How often background alone gives it is
counted in toys that all looks share.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

from pipeline.core.seeds import generator
from pipeline.statistics.excess.coverage import LEVELS_SIGMA
from pipeline.statistics.excess.samples import Samples

Array = NDArray[np.float64]

MASSES, EVERYTHING = "masses", "masses and tests"


def global_significances(
    samples: Samples,
    cross_sections_cm2: Mapping[float, float],
    exposure_t_yr: float,
    toys: int,
    seed: int,
) -> pd.DataFrame:
    """Global significances of local ones, with a row for each scan and level.

    Columns scan ("masses": the likelihood ratio at each mass; "masses and tests": also counting,
    anomaly and shape), looks (p-values of the scan), local_sigma, global_sigma, global_sigma_err
    (of the number of toys) and trials (global over local p-value).

    Args:
        samples: simulated scores.
        cross_sections_cm2: cross-section that the likelihood ratio looks for at each mass [GeV].
        exposure_t_yr: exposure [t yr].
        toys: background-only toys.
        seed: seed of the random numbers.
    """
    background = samples.background
    blind = samples.blind(exposure_t_yr)
    functions = [blind.functions]
    for mass, cross_section in cross_sections_cm2.items():
        s = exposure_t_yr * cross_section * samples.signals[mass].expected
        functions.append(samples.gains(mass, np.array([s]), exposure_t_yr))
    values = [background.values(own) for own in functions]
    events, sums = samples.draw_uncertain(
        generator(seed, "scan"), exposure_t_yr, np.hstack(values), toys
    )
    statistics = blind.statistics(events, sums[:, :2])
    scans = {MASSES: sums[:, 2:]}
    scans[EVERYTHING] = np.column_stack([sums[:, 2:], events, *statistics.values()])
    rows = []
    for scan, looks in scans.items():
        smallest = _local_p(looks).min(axis=1)
        for level in LEVELS_SIGMA:
            local = float(norm.sf(level))
            p = float(np.clip((smallest <= local).mean(), 1 / toys, 1 - 1 / toys))
            z = float(norm.isf(p))
            rows.append(
                {"scan": scan, "looks": looks.shape[1], "local_sigma": level, "global_sigma": z}
                | {"global_sigma_err": np.sqrt(p * (1 - p) / toys) / norm.pdf(z)}
                | {"trials": p / local}
            )
    return pd.DataFrame(rows)


def _local_p(looks: Array) -> Array:
    """p-value of each toy in each look (toys, looks): the share of toys at or above its value."""
    return np.asarray(rankdata(-looks, method="max", axis=0) / len(looks), np.float64)
