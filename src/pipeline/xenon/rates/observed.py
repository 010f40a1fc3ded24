"""p-values, limits and goodness of fit of observed data, beside the sensitivity."""

import logging

import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.data import observe
from pipeline.statistics.excess.limits import upper_limits
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.region import Region
from pipeline.xenon.rates.apart import DETECTED, QUANTA, check_apart, read_compared
from pipeline.xenon.rates.best_test import global_p
from pipeline.xenon.rates.goodness_of_fit import goodness_of_fit
from pipeline.xenon.rates.measured import CS1, SCORE, measured
from pipeline.xenon.rates.samples import read_samples

logger = logging.getLogger(__name__)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of `statistics.excess.data.observe` for the benchmark WIMP, and of `upper_limits`.

    The first has also primary (whether the test was named beforehand), outside_region, the number
    of observed events that trigger outside it, and global_p_value, that of the best of its tests.
    Of data that are looked at there are also the
    tables of `goodness_of_fit`.

    `inputs` are scores of the background samples and their response `shards`,
    event tables of the `data` (of `recorded` data their responses), responses of all simulated
    samples (`simulation`), and scores and responses of the data (`observed`, `observed_shards`),
    none where the search is blind.

    Raises:
        ValueError: a data set is also in the simulation, or lies outside the region.
    """
    wimp = Wimp.model_validate(params["benchmark"])
    numbers = DETECTED if params["recorded"] else QUANTA
    data, simulation = (read_compared(inputs[name], numbers) for name in ("data", "simulation"))
    check_apart(data, simulation, numbers)
    limits, background, shards = params["limits"], inputs["background"], inputs["shards"]
    exposure_t_yr, toys, seed = params["exposure_t_yr"], params["toys"], params["seed"]
    masses_GeV = sorted({wimp.mass_GeV, *limits["masses_GeV"]})
    samples = read_samples(background, shards, masses_GeV, params)
    of_wimp, of_limits = (samples.only(own) for own in ([wimp.mass_GeV], limits["masses_GeV"]))
    scores, outside, best, goodness = None, None, None, {}
    if inputs.get("observed"):
        detector = Detector.model_validate(params["detector"])
        recorded = measured(inputs["observed"], inputs["observed_shards"], detector)
        inside, outside = in_region(recorded, Region.model_validate(params["region"]))
        scores = inside[SCORE].to_numpy(float)
        best = global_p(of_wimp, wimp, exposure_t_yr, scores, toys[0], seed)
        simulated = measured(background, shards, detector)
        goodness = goodness_of_fit(of_wimp, simulated, inside, wimp, exposure_t_yr, toys[0], seed)
    found = observe(of_wimp, wimp, exposure_t_yr, scores, toys, seed)
    tables = {
        "table": found.assign(
            primary=found["test"] == params["primary_test"],
            global_p_value=best,
            outside_region=outside,
        ),
        "limits": upper_limits(
            of_limits,
            limits["exposure_t_yr"],
            limits["confidence_level"],
            limits["toys"],
            seed,
            scores,
        ),
        **goodness,
    }
    for name in ("table", *(["goodness"] if goodness else [])):
        logger.info("\n%s", tables[name].to_string(index=False, float_format="{:.3g}".format))
    return tables


def in_region(data: pd.DataFrame, region: Region) -> tuple[pd.DataFrame, int]:
    """Observed events in the region, of those that trigger, and how many lie outside it.

    Raises:
        ValueError: events trigger, and none is in the region.
    """
    inside = data[region.holds(data[CS1])]
    outside = len(data) - len(inside)
    low, high = region.cs1_photons
    if outside and not len(inside):
        raise ValueError(
            f"none of the {outside} observed events that trigger is in the region of interest (cS1 "
            f"of {low:g} to {high:g} photons): check detector and units of `data.events`, or "
            "change `region`"
        )
    logger.info(
        "%d observed events are in the region of interest, %d trigger outside it (cS1 of %g to %g "
        "photons)",
        *(len(inside), outside, low, high),
    )
    return inside, outside
