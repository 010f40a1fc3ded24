"""Weighted anomaly scores: expected events per simulated event, for each hypothesis.

One sample of each recoil serves all hypotheses: its events are weighted to the expected
backgrounds and to WIMPs of each mass.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.core.parquet_io import field, open_parquet
from pipeline.core.tables import Described, Inputs, Params
from pipeline.statistics.excess.response import KNOWN, Response
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.statistics.means import effective_events
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.region import Region
from pipeline.xenon.events.table import RECOIL, RECOILS
from pipeline.xenon.rates.backgrounds import backgrounds, wimp
from pipeline.xenon.rates.region import FEW_EVENTS, check_range, read_region
from pipeline.xenon.rates.simulated import SimulatedRecoils, recoils_of

logger = logging.getLogger(__name__)

CENTRAL = (0.05, 0.95)  # quantiles of the signal's scores that bound its region
MUCH_WIDER = 1.2

SCHEMA = pa.schema(
    [
        field("mass_GeV", pa.float64(), "WIMP mass; 0: background", "GeV"),
        field("component", pa.string(), "background component, or the WIMP"),
        field("event", pa.int64(), "number of the simulated event, over both samples"),
        RECOIL,
        field("energy_keV", pa.float32(), "true recoil energy", "keV"),
        field("score", pa.float64(), "anomaly score"),
        field(
            "weight",
            pa.float64(),
            "expected events per t yr; for WIMPs, also per cm2 of cross-section",
        ),
    ]
)


def weighted_scores(
    events: pd.DataFrame,
    rates: Rates,
    masses_GeV: Sequence[float],
    recoils: Mapping[str, SimulatedRecoils],
) -> pd.DataFrame:
    """Table SCHEMA with a row for each component and each selected event of non-zero weight.

    Args:
        events: selected events with recoil (codes), energy_keV and ts, numbered by their index.
        rates: expected rates.
        masses_GeV: masses of the WIMPs.
        recoils: all simulated recoils by "ER" and "NR"; those selected are `events`, in this order.
    """
    recoil = events["recoil"].to_numpy()
    hypotheses = {0.0: backgrounds(rates)} | {mass: [wimp(rates, mass)] for mass in masses_GeV}
    tables = []
    for mass, component in (
        (mass, component) for mass, components in hypotheses.items() for component in components
    ):
        own = events[recoil == RECOILS.index(component.recoil)]
        weight = recoils[component.recoil].weights(component.spectrum, component.range_keV)
        table = pd.DataFrame(
            {
                "mass_GeV": mass,
                "component": component.name,
                "event": own.index,
                "recoil": own["recoil"].to_numpy(),
                "energy_keV": own["energy_keV"].to_numpy(float),
                "score": own["ts"].to_numpy(),
                "weight": weight,
            }
        )
        tables.append(table[table["weight"] > 0])
    return pd.concat(tables, ignore_index=True)


def weigh_files(
    scores: Sequence[str | Path],
    rates: Rates,
    region: Region,
    masses_GeV: Sequence[float],
    spectra: Mapping[str, Any],
) -> pd.DataFrame:
    """`weighted_scores` of the events in the region, from score tables of all simulated events.

    `spectra` are plain blocks of the generated spectra by "ER" and "NR".

    Raises:
        ValueError: the region reaches beyond the simulated energies.
    """
    simulated, events = read_region(scores, region)
    recoils = recoils_of(simulated, simulated["in_region"].to_numpy(), spectra)
    table = weighted_scores(events, rates, masses_GeV, recoils)
    check_range(table, rates)
    return table


def from_files(inputs: Inputs, params: Params) -> dict[str, Described]:
    """Table SCHEMA of the backgrounds and of WIMPs of one mass, from score tables."""
    rates, masses_GeV = Rates.model_validate(params["rates"]), [params["mass_GeV"]]
    region = Region.model_validate(params["region"])
    table = weigh_files(inputs["scores"], rates, region, masses_GeV, params["spectra"])
    return {"table": Described.of(table, SCHEMA)}


def read_weighted_scores(path: str | Path) -> pd.DataFrame:
    """Read a table SCHEMA; ValueError if the file is damaged."""
    with open_parquet(path, "table of weighted scores") as file:
        return file.read().to_pandas()


def search_samples(
    table: pd.DataFrame, rates: Rates, response: Response = KNOWN, generated: int | None = None
) -> Samples:
    """Scores for pseudo-experiments, from a table SCHEMA, with the uncertainties of `rates`.

    `response` has those of the detector's response, of the events by their numbers in the table.
    `generated` electronic recoils were simulated, selected or not; None: those of the table.

    Raises:
        ValueError: too few electronic recoils are simulated where the scores of a WIMP lie.
    """
    background = table[table["mass_GeV"] == 0]
    by_component = background.pivot_table("weight", "event", "component", fill_value=0.0)
    by_event = background.groupby("event")[["score", "recoil"]].first()
    weighted = WeightedScores(
        by_event["score"].to_numpy(),
        by_component.to_numpy(),
        by_component.index.to_numpy(),
        by_event["recoil"].to_numpy() == 0,
    )
    generated = generated or int(weighted.electronic.sum())
    signals = {}
    for mass, rows in table[table["mass_GeV"] > 0].groupby("mass_GeV"):
        signal = WeightedScores(*(rows[name].to_numpy() for name in ("score", "weight", "event")))
        check_electronic(weighted, signal, f"WIMPs of {mass:g} GeV", generated)
        signals[float(str(mass))] = signal
    return Samples.cross_fitted(
        weighted,
        signals,
        np.array([rates.uncertainties[name].relative for name in by_component.columns]),
        response,
        generated,
    )


def check_electronic(
    background: WeightedScores, signal: WeightedScores, name: str, generated: int
) -> None:
    """Raise ValueError if too few electronic recoils have scores of the signal's central 90 %.

    Ten effective ones are needed, of `generated` ones that are simulated: their expected number is
    known to a third then. Fewer do, but one at least, where nuclear recoils of the background,
    whose number is known, stand for the rest: beside 8B a few electronic recoils more or less do
    not matter.
    """
    low, high = np.quantile(
        signal.score, CENTRAL, weights=signal.weight, method="inverted_cdf"
    ).tolist()
    inside = (background.score >= low) & (background.score <= high)
    electronic, weight = background.electronic, background.weight
    own = weight[inside & electronic]
    found = len(own)
    # What one of them stands for: their sum over their effective number.
    unit = own.sum() / effective_events(own) if found else np.inf
    if weight[inside].sum() / unit < FEW_EVENTS:
        needed = int(np.ceil(generated * FEW_EVENTS / max(found, 1)))
        raise ValueError(
            f"{found} of {generated} simulated electronic recoils of the background lie where the "
            f"scores of {name} do ({low:.6g} to {high:.6g}), {FEW_EVENTS} are needed: the "
            f"background there is not known. Simulate some {needed} or more of them (`events` of "
            "the sample `background.er`, or more `candidates` for each; for images "
            "`images.test_events` or `images.s2_only`)"
        )


def warn_if_few(samples: Samples, exposure_t_yr: float) -> None:
    """Warn if the simulation's fluctuations widen the distributions of tests by 20 % or more."""
    expected, worth = (
        exposure_t_yr * samples.background.expected,
        samples.background.effective_events,
    )
    wider = np.sqrt(1 + expected / worth)
    if wider >= MUCH_WIDER:
        logger.warning(
            "%.0f background events are expected in %g t yr, and the sample has %.0f effective "
            "events: its fluctuations widen the distributions of the tests by %.0f %%, which "
            "p-values include; more background events would bring smaller ones",
            expected,
            exposure_t_yr,
            worth,
            100 * (wider - 1),
        )
