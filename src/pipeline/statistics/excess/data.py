"""p-values of an observed data set."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from pipeline.statistics.directional.sensitivity import FEW_TOYS
from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.config import Wimp, toy_sets
from pipeline.statistics.excess.extended_poisson import (
    COUNTING,
    LIKELIHOOD_RATIO,
    likelihood_ratio,
)
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.search import empirical_p, significances
from pipeline.statistics.excess.toys import BACKGROUND, merge, run_batch

Array = NDArray[np.float64]


def observe(
    samples: Samples,
    wimp: Wimp,
    exposure_t_yr: float,
    scores: Array | None,
    toys: tuple[int, int],
    seed: int,
) -> pd.DataFrame:
    """Table with a row for each test.

    Columns test, expected_significance (of the median experiment with the WIMP),
    expected_significance_err, events_needed, background, signal, background_uncertainty, events
    (observed), p_value, significance and upper_limit_of_p. p-values of toys are `empirical_p`;
    `upper_limit_of_p` tells that fewer than 10 toys lie beyond the data, whose p-value may be
    smaller. Observed columns are empty where `scores` is None: a blind search.

    Args:
        samples: simulated scores.
        wimp: the model of the likelihood ratio and of the sensitivity.
        exposure_t_yr: exposure of the data [t yr].
        scores: observed scores (n,), or None.
        toys: background-only toys and toys with signal.
        seed: seed of the random numbers.
    """
    sets = toy_sets([(wimp.mass_GeV, exposure_t_yr, wimp.cross_section_cm2)], *toys)
    made = merge([run_batch(samples, sets.values(), seed, ("observed",), 0)])
    table = significances(made).rename(
        columns={
            "significance": "expected_significance",
            "significance_err": "expected_significance_err",
        }
    )
    kept = ["test", "expected_significance", "expected_significance_err", "events_needed"]
    table = table[[*kept, "background", "signal", "background_uncertainty"]]
    if scores is None:
        return table.assign(
            events=np.nan, p_value=np.nan, significance=np.nan, upper_limit_of_p=np.nan
        )
    s = float(table["signal"].iloc[0])
    n = np.array([len(scores)])
    gains = samples.gains(wimp.mass_GeV, np.array([s]), exposure_t_yr)
    observed = samples.blind(exposure_t_yr).of_data(scores)
    observed[LIKELIHOOD_RATIO] = likelihood_ratio(cross_fit.of_data(gains, scores).sum(axis=0), s)
    without = made[made["hypothesis"] == BACKGROUND].set_index("test")["q"]
    p_values, few = {}, {COUNTING: False}
    for test, q in observed.items():
        p_values[test] = float(empirical_p(without[test], q)[0])
        few[test] = bool((np.asarray(without[test]) >= q).sum() < FEW_TOYS)
    p_values[COUNTING] = float(samples.number_of_events(exposure_t_yr).at_least(n)[0])
    p = table["test"].map(p_values)
    return table.assign(
        events=n[0],
        p_value=p,
        significance=norm.isf(p),
        upper_limit_of_p=table["test"].map(few),
    )
