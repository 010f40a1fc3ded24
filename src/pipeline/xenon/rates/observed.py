"""p-values of observed data, beside the sensitivity at their exposure."""

import logging

import numpy as np
import pandas as pd

from pipeline.core.parquet_io import open_parquet
from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.data import observe
from pipeline.statistics.excess.limits import upper_limits
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.events.files import LEAST_EVENTS, LEAST_SHARE, PLACE, QUANTA
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.rates.samples import read_samples

logger = logging.getLogger(__name__)

COLUMNS = ["event_id", "recoil", "energy_keV", "triggered", "ts"]


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of `statistics.excess.data.observe` for the benchmark WIMP, and of `upper_limits`.

    `inputs` are the trigger table, scores of the background samples and their response `shards`,
    event tables of the `data` and of the `simulation`, and the scores of the data (`observed`),
    none where the search is blind.

    Raises:
        ValueError: a data set is also in the simulation, or holds events outside the region.
    """
    rates = Rates.model_validate(params["rates"])
    wimp = Wimp.model_validate(params["benchmark"])
    check_apart(
        pd.concat(map(_events, inputs["data"])), pd.concat(map(_events, inputs["simulation"]))
    )
    limits, background, shards = params["limits"], inputs["background"], inputs["shards"]
    masses_GeV = sorted({wimp.mass_GeV, *limits["masses_GeV"]})
    samples = read_samples(background, shards, inputs["trigger"][0], masses_GeV, params)
    scores = None
    for path in inputs.get("observed", ()):
        events = pd.read_parquet(path, columns=COLUMNS)
        events = events[events["triggered"]]
        check_region(events, rates)
        scores = events["ts"].to_numpy()
    found = observe(
        samples.only([wimp.mass_GeV]),
        wimp,
        params["exposure_t_yr"],
        scores,
        params["toys"],
        params["seed"],
    )
    logger.info("\n%s", found.to_string(index=False, float_format="{:.3g}".format))
    excluded = upper_limits(
        samples.only(limits["masses_GeV"]),
        limits["exposure_t_yr"],
        limits["confidence_level"],
        limits["toys"],
        params["seed"],
        scores,
    )
    return {"table": found, "limits": excluded}


def check_region(events: pd.DataFrame, rates: Rates) -> None:
    """Raise ValueError if an event's known energy is outside the region of interest.

    `events` have event_id, recoil and energy_keV. The background is expected in windows of true
    energy; unknown energies cannot be checked and are logged.
    """
    energy = events["energy_keV"].to_numpy()
    windows = np.array([rates.electron_recoils_keV, rates.nuclear_recoils_keV])
    low, high = windows[events["recoil"].to_numpy()].T
    outside = (energy < low) | (energy > high)
    if outside.any():
        first = events[outside].iloc[0]
        recoil = RECOILS[int(first["recoil"])]
        one, other = windows[int(first["recoil"])]
        raise ValueError(
            f"{outside.sum()} of {len(events)} observed events lie outside the region of interest, "
            f"as event {int(first['event_id'])}, {recoil} of {first['energy_keV']:.3g} keV (region:"
            f" {one:g} to {other:g} keV). Select the events, or change the windows of `rates`"
        )
    if np.isnan(energy).any():
        logger.warning(
            "%d of %d observed events have no true energy: that they were selected for the region "
            "of interest is not checked",
            np.isnan(energy).sum(),
            len(energy),
        )


def check_apart(data: pd.DataFrame, simulation: pd.DataFrame) -> None:
    """Raise ValueError if observed events are in the simulation too: same place and quanta."""
    shared = len(data.merge(simulation.drop_duplicates(), on=[*PLACE, *QUANTA]))
    if shared >= max(LEAST_EVENTS, LEAST_SHARE * len(data)):
        raise ValueError(
            f"{shared} of {len(data)} observed events are also in the simulation that the search "
            "is made with: its p-values would mean nothing. Take other events for one of them"
        )


def _events(path: str) -> pd.DataFrame:
    with open_parquet(path, "event table") as file:
        return file.read(columns=[*PLACE, *QUANTA]).to_pandas()
