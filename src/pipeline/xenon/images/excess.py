"""Exposures at which the median experiment finds WIMPs by the autoencoder's loss."""

import pandas as pd

from pipeline.config.xenon.images import ImageSearch
from pipeline.config.xenon.rates import Rates
from pipeline.inference.excess_search import needed_exposures, significances
from pipeline.inference.excess_toys import Samples, merge, run_batch
from pipeline.xenon.trigger import Seen, efficiencies, trigger_table
from pipeline.xenon.weighted_scores import search_samples, warn_if_few, weighted_scores


def weighted_losses(
    er: pd.DataFrame,
    nr: pd.DataFrame,
    spectra: dict[str, str],
    seen: dict[str, Seen],
    rates: Rates,
    search: ImageSearch,
) -> Samples:
    """What pseudo-experiments draw from: losses of triggered events, weighted.

    `er` and `nr` are tables of `scores` of samples whose `spectra` are 'uniform' or 'log_uniform',
    `seen` what the detector saw of all their events; both by "ER" and "NR".
    """
    windows = {"ER": rates.electron_recoils_keV, "NR": rates.nuclear_recoils_keV}
    events = pd.concat([er, nr]).query("triggered").rename(columns={"loss": "ts"})
    masses_GeV = sorted({wimp.mass_GeV for wimp in search.wimps})
    passed = efficiencies(trigger_table(seen, windows))
    return search_samples(weighted_scores(events, rates, masses_GeV, passed, spectra))


def find_excess(
    samples: Samples, search: ImageSearch, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Significances of every WIMP and exposure, and the exposures that reach the levels."""
    sets = search.toy_sets()
    warn_if_few(samples, max(search.exposures_t_yr))
    toys = run_batch(samples, sets.values(), seed, ("xenon", "image toys"), 0)
    table = significances(merge([toys]))
    return table, needed_exposures(table, search.levels_sigma)
