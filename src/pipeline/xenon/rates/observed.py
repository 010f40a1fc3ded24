"""p-values of observed data, beside the sensitivity at their exposure."""

import logging

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.data import observe
from pipeline.statistics.excess.limits import upper_limits
from pipeline.xenon.config.region import Region
from pipeline.xenon.rates.apart import QUANTA, check_apart, read_quanta
from pipeline.xenon.rates.region import read_region
from pipeline.xenon.rates.samples import read_samples

logger = logging.getLogger(__name__)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of `statistics.excess.data.observe` for the benchmark WIMP, and of `upper_limits`.

    The first has also outside_region, the number of observed events that trigger outside it.

    `inputs` are the trigger table, scores of the background samples and their response `shards`,
    event tables of the `data` and of all simulated samples (`simulation`), and the scores of the
    data (`observed`), none where the search is blind.

    Raises:
        ValueError: a data set is also in the simulation, or lies outside the region.
    """
    wimp = Wimp.model_validate(params["benchmark"])
    check_apart(read_quanta(inputs["data"]), read_quanta(inputs["simulation"]), QUANTA)
    limits, background, shards = params["limits"], inputs["background"], inputs["shards"]
    masses_GeV = sorted({wimp.mass_GeV, *limits["masses_GeV"]})
    samples = read_samples(background, shards, inputs["trigger"][0], masses_GeV, params)
    scores, outside = None, None
    for path in inputs.get("observed", ()):
        scores, outside = scores_in_region(path, Region.model_validate(params["region"]))
    found = observe(
        samples.only([wimp.mass_GeV]),
        wimp,
        params["exposure_t_yr"],
        scores,
        params["toys"],
        params["seed"],
    ).assign(outside_region=outside)
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


def scores_in_region(path: str, region: Region) -> tuple[NDArray[np.float64], int]:
    """Scores of observed events in the region, and how many trigger outside it.

    Raises:
        ValueError: events trigger, and none is in the region.
    """
    events, outside = read_region([path], region)
    low, high = region.cs1_photons
    if outside and not len(events):
        raise ValueError(
            f"none of the {outside} observed events that trigger is in the region of interest (cS1 "
            f"of {low:g} to {high:g} photons): check detector and units of `data.events`, or "
            "change `region`"
        )
    logger.info(
        "%d observed events are in the region of interest, %d trigger outside it (cS1 of %g to %g "
        "photons)",
        *(len(events), outside, low, high),
    )
    return events["ts"].to_numpy(), outside
