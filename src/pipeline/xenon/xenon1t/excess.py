"""Exposures at which the median experiment finds WIMPs by the autoencoder's loss."""

import numpy as np
import pandas as pd

from pipeline.statistics.excess.search import needed_exposures, significances
from pipeline.statistics.excess.toys import merge, run_batch
from pipeline.xenon.config.images import ImageSearch
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.trigger import Seen, efficiencies, trigger_table
from pipeline.xenon.rates.weighted_scores import search_samples, warn_if_few, weighted_scores

_CENTRAL = (0.16, 0.84)


def weighted_losses(
    er: pd.DataFrame,
    nr: pd.DataFrame,
    spectra: dict[str, str],
    seen: dict[str, Seen],
    rates: Rates,
    search: ImageSearch,
) -> pd.DataFrame:
    """Losses of triggered events, weighted: a table of `weighted_scores`.

    `er` and `nr` are tables of `scores` of samples whose `spectra` are 'uniform' or 'log_uniform',
    `seen` what the detector saw of all their events; both by "ER" and "NR".
    """
    windows = {"ER": rates.electron_recoils_keV, "NR": rates.nuclear_recoils_keV}
    events = pd.concat([er, nr]).query("triggered").rename(columns={"loss": "ts"})
    masses_GeV = sorted({wimp.mass_GeV for wimp in search.wimps})
    passed = efficiencies(trigger_table(seen, windows))
    return weighted_scores(events, rates, masses_GeV, passed, spectra)


def in_units_of_spread(weighted: pd.DataFrame) -> pd.DataFrame:
    """The scores of a table of `weighted_scores` over half of the background's central 68 %.

    The extended likelihood depends on the score's unit (`inference.extended_poisson`), and a mean
    squared error has none of its own: losses lie within some 0.1 of each other.
    """
    background = weighted[weighted["mass_GeV"] == 0]
    low, high = np.quantile(
        background["score"], _CENTRAL, weights=background["weight"], method="inverted_cdf"
    )
    return weighted.assign(score=weighted["score"] / ((high - low) / 2))


def find_excess(
    weighted: pd.DataFrame, search: ImageSearch, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Significances of every WIMP and exposure, and the exposures that reach the levels.

    `weighted` is of `weighted_losses`.
    """
    sets = search.toy_sets()
    samples = search_samples(in_units_of_spread(weighted))
    warn_if_few(samples, max(search.exposures_t_yr))
    toys = run_batch(samples, sets.values(), seed, ("xenon", "image toys"), 0)
    table = significances(merge([toys]))
    return table, needed_exposures(table, search.levels_sigma)
