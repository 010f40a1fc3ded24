"""Exposures at which the loss of the autoencoder reveals a WIMP signal in the median experiment."""

import logging
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.search import needed_exposures, significances
from pipeline.statistics.excess.toys import merge, run_batch
from pipeline.xenon.config.images import SEARCH_NR, TEST_ER, TEST_WIMP, ImageSearch
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.efficiency import efficiencies
from pipeline.xenon.rates.trigger import TriggerOutcome, outcomes_by_recoil, trigger_table
from pipeline.xenon.rates.weighted_scores import search_samples, warn_if_few, weighted_scores
from pipeline.xenon.xenon1t.losses import loss_table, s2_only_losses
from pipeline.xenon.xenon1t.scores import read_scores

logger = logging.getLogger(__name__)

_CENTRAL = (0.16, 0.84)  # quantiles that enclose the central 68 %


def weighted_losses(
    er: pd.DataFrame,
    nr: pd.DataFrame,
    spectra: dict[str, Any],
    outcomes: dict[str, TriggerOutcome],
    rates: Rates,
    search: ImageSearch,
) -> pd.DataFrame:
    """Weighted losses of triggered events, a table of `rates.weighted_scores`.

    Args:
        er: image scores of a sample of electronic recoils.
        nr: image scores of a sample of nuclear recoils.
        spectra: plain blocks of the samples' spectra by "ER" and "NR".
        outcomes: trigger outcomes of all events of the samples, by "ER" and "NR".
        rates: expected rates.
        search: gives the masses of the WIMPs.
    """
    ranges = {"ER": rates.electron_recoils_keV, "NR": rates.nuclear_recoils_keV}
    events = pd.concat([er, nr]).query("triggered").reset_index(drop=True)
    masses_GeV = sorted({wimp.mass_GeV for wimp in search.wimps})
    passed = efficiencies(trigger_table(outcomes, ranges))
    return weighted_scores(
        events.rename(columns={"loss": "ts"}), rates, masses_GeV, passed, spectra
    )


def in_units_of_spread(weighted: pd.DataFrame) -> pd.DataFrame:
    """Divide the scores of a table of `weighted_scores` by their spread in the background.

    The spread is half the width of the interval that holds the central 68 %. The extended
    likelihood depends on the unit of the score (`statistics.excess.extended_poisson`), and the
    unit of a mean squared error is arbitrary: losses differ by about 0.1 only.
    """
    background = weighted[weighted["mass_GeV"] == 0]
    low, high = np.quantile(
        background["score"], _CENTRAL, weights=background["weight"], method="inverted_cdf"
    )
    return weighted.assign(score=weighted["score"] / ((high - low) / 2))


def find_excess(
    weighted: pd.DataFrame, rates: Rates, search: ImageSearch, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Significances for each WIMP and exposure, and the exposures needed for the levels.

    `weighted` is a table of `weighted_losses`.
    """
    sets = search.toy_sets()
    samples = search_samples(in_units_of_spread(weighted), rates)
    warn_if_few(samples, max(search.exposures_t_yr))
    toys = run_batch(samples, sets.values(), seed, ("xenon", "image toys"), 0)
    table = significances(merge([toys]))
    return table, needed_exposures(table, search.levels_sigma)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of the loss of the autoencoder and of the exposures at which it reveals WIMPs."""
    search, seed = ImageSearch.model_validate(params["search"]), params["seed"]
    er, wimp, nr = map(read_scores, inputs["scores"])
    outcomes = outcomes_by_recoil(inputs, params["min_s2_photons"])
    rates = Rates.model_validate(params["rates"])
    weighted = weighted_losses(er, nr, params["spectra"], outcomes, rates, search)
    samples = search_samples(weighted, rates)
    shown = search.wimps[0]
    er_loss, wimp_loss = (table.loc[table["triggered"], "loss"].to_numpy() for table in (er, wimp))
    losses = loss_table(
        er_loss,
        wimp_loss,
        samples.background,
        samples.signals[shown.mass_GeV],
        search.shown_exposure_t_yr,
        shown.cross_section_cm2,
        generator(seed, "xenon", "image pseudo-data"),
    )
    s2_only = s2_only_losses({TEST_ER: er, TEST_WIMP: wimp, SEARCH_NR: nr})
    significance, exposures = find_excess(weighted, rates, search, seed)
    for table in (s2_only, exposures):
        logger.info("\n%s", table.to_string(index=False, float_format="{:.3g}".format))
    return {
        "losses": losses,
        "s2_only": s2_only,
        "significance": significance,
        "exposures": exposures,
    }
