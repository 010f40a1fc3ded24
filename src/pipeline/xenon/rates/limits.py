"""Upper limits on the cross-section of WIMPs of several masses."""

import logging

import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.limits import upper_limits
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.weighted_scores import search_samples, weigh_files

logger = logging.getLogger(__name__)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of `statistics.excess.limits.upper_limits` from scores of the background samples."""
    rates = Rates.model_validate(params["rates"])
    weighted = weigh_files(
        inputs["background"], inputs["trigger"][0], rates, params["masses_GeV"], params["spectra"]
    )
    table = upper_limits(
        search_samples(weighted, rates),
        params["exposure_t_yr"],
        params["confidence_level"],
        params["toys"],
        params["seed"],
    )
    median = table[table["band_sigma"] == 0]
    logger.info("\n%s", median.to_string(index=False, float_format="{:.3g}".format))
    return {"table": table}
