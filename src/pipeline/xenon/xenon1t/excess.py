"""Exposures at which the loss of the autoencoder reveals a WIMP signal in the median experiment.

Two searches are made: in the events that trigger, and in those that leave an S2 and no S1.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.search import needed_exposures, significances
from pipeline.statistics.excess.toys import merge, run_batch
from pipeline.statistics.means import effective_events
from pipeline.xenon.config.images import SEARCH_NR, TEST_ER, TEST_WIMP, ImageSearch
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.rates.simulated import SimulatedRecoils, generated_spectrum
from pipeline.xenon.rates.trigger import TriggerOutcome, outcomes_by_sample
from pipeline.xenon.rates.weighted_scores import search_samples, warn_if_few, weighted_scores
from pipeline.xenon.xenon1t.losses import EVENTS, loss_table, s2_only_losses
from pipeline.xenon.xenon1t.scores import read_scores

logger = logging.getLogger(__name__)

_CENTRAL = (0.16, 0.84)  # quantiles that enclose the central 68 %
# The random numbers of each search, by the flag of its events.
_TOYS = {"triggered": "image toys", "s2_only": "image toys without S1"}


def weighted_losses(
    scores: Sequence[pd.DataFrame],
    outcomes: Sequence[TriggerOutcome],
    flag: str,
    spectra: dict[str, Any],
    rates: Rates,
    search: ImageSearch,
) -> pd.DataFrame:
    """Weighted losses of the events of one search, a table of `rates.weighted_scores`.

    Args:
        scores: image scores of a sample of electronic recoils and of one of nuclear recoils.
        outcomes: trigger outcomes of all events of the two samples.
        flag: "triggered" or "s2_only", the events that the search looks at.
        spectra: plain blocks of the samples' spectra by "ER" and "NR".
        rates: expected rates; their ranges are those of the samples.
        search: gives the masses of the WIMPs.
    """
    recoils = {
        recoil: SimulatedRecoils(
            outcome.energy_keV,
            getattr(outcome, flag),
            outcome.stands_for,
            generated_spectrum(spectra[recoil]),
        )
        for recoil, outcome in zip(RECOILS, outcomes, strict=True)
    }
    events = pd.concat(scores).query(flag).reset_index(drop=True)
    masses_GeV = sorted({wimp.mass_GeV for wimp in search.wimps})
    return weighted_scores(events.rename(columns={"loss": "ts"}), rates, masses_GeV, recoils)


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
    weighted: pd.DataFrame,
    rates: Rates,
    search: ImageSearch,
    seed: int,
    flag: str = "triggered",
    generated: int | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Significances for each WIMP and exposure, and the exposures needed for the levels.

    `weighted` is a table of `weighted_losses` of the events of this `flag`, from `generated`
    simulated electronic recoils; None: those of the table.
    """
    sets = search.toy_sets()
    samples = search_samples(in_units_of_spread(weighted), rates, generated=generated)
    warn_if_few(samples, max(search.exposures_t_yr))
    toys = run_batch(samples, sets.values(), seed, ("xenon", _TOYS[flag]), 0)
    table = significances(merge([toys]))
    return table, needed_exposures(table, search.levels_sigma)


def rate_table(weighted: pd.DataFrame, wimps: Sequence[Wimp]) -> pd.DataFrame:
    """Expected events [1/(t yr)] of every component of the background and of the WIMPs.

    Columns component, mass_GeV and cross_section_cm2 (0: background), expected_per_t_yr, and
    effective_events: simulated events of equal weights that would fluctuate as much. `weighted` is
    a table of `weighted_losses`.
    """
    models = [(0.0, 0.0), *((wimp.mass_GeV, wimp.cross_section_cm2) for wimp in wimps)]
    rows = []
    for mass, cross_section in models:
        own = weighted[weighted["mass_GeV"] == mass]
        for component, weight in own.groupby("component", sort=False)["weight"]:
            row = {"component": component, "mass_GeV": mass, "cross_section_cm2": cross_section}
            row |= {"expected_per_t_yr": weight.sum() * (cross_section or 1.0)}
            rows.append(row | {"effective_events": effective_events(weight.to_numpy())})
    return pd.DataFrame(rows)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of the loss of the autoencoder and of the exposures at which it reveals WIMPs."""
    search, seed = ImageSearch.model_validate(params["search"]), params["seed"]
    scores = {Path(path).stem: read_scores(path) for path in inputs["scores"]}
    outcomes = outcomes_by_sample(inputs["shards"], params["min_s2_photons"])
    tables = {"s2_only": s2_only_losses({n: scores[n] for n in (TEST_ER, TEST_WIMP, SEARCH_NR)})}
    found: dict[str, list[pd.DataFrame]] = {"rates": [], "significance": [], "exposures": []}
    for flag, block in params["weights"].items():
        rates, names = Rates.model_validate(block["rates"]), block["samples"]
        weighted = weighted_losses(
            [scores[name] for name in names],
            [outcomes[name] for name in names],
            flag,
            block["spectra"],
            rates,
            search,
        )
        if flag == "triggered":
            tables["losses"] = _losses(scores, weighted, rates, search, seed)
        generated = len(outcomes[names[0]].energy_keV)
        excess = find_excess(weighted, rates, search, seed, flag, generated)
        own = (rate_table(weighted, search.wimps), *excess)
        for name, table in zip(found, own, strict=True):
            table.insert(0, "events", EVENTS[flag])
            found[name].append(table)
    tables |= {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}
    for name in ("s2_only", "rates", "exposures"):
        logger.info("\n%s", tables[name].to_string(index=False, float_format="{:.3g}".format))
    return tables


def _losses(
    scores: Mapping[str, pd.DataFrame],
    weighted: pd.DataFrame,
    rates: Rates,
    search: ImageSearch,
    seed: int,
) -> pd.DataFrame:
    """Distributions of the losses of events that trigger; `weighted` are those of the search."""
    samples, shown = search_samples(weighted, rates), search.wimps[0]
    er_loss, wimp_loss = (
        scores[name].query("triggered")["loss"].to_numpy() for name in (TEST_ER, TEST_WIMP)
    )
    return loss_table(
        er_loss,
        wimp_loss,
        samples.background,
        samples.signals[shown.mass_GeV],
        search.shown_exposure_t_yr,
        shown.cross_section_cm2,
        generator(seed, "xenon", "image pseudo-data"),
    )
