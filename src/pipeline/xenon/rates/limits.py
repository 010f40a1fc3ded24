"""Upper limits on the cross-section of WIMPs of several masses, and what looking at all costs."""

import logging

import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.extended_poisson import LIKELIHOOD_RATIO
from pipeline.statistics.excess.limits import upper_limits
from pipeline.statistics.excess.scan import global_significances
from pipeline.xenon.rates.samples import read_samples

logger = logging.getLogger(__name__)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of upper limits, and of global significances of a scan over their masses.

    See `statistics.excess.limits` and `scan`. At each mass the scan's likelihood ratio looks for
    the cross-section of its own median limit. `inputs` are scores of the background samples and
    their response `shards`.
    """
    scores, shards = inputs["background"], inputs["shards"]
    samples = read_samples(scores, shards, params["masses_GeV"], params)
    exposure, toys, seed = params["exposure_t_yr"], params["toys"], params["seed"]
    table = upper_limits(samples, exposure, params["confidence_level"], toys, seed)
    median = table[table["band_sigma"] == 0]
    own = median[median["test"] == LIKELIHOOD_RATIO]
    looked_for = dict(zip(own["mass_GeV"], own["cross_section_cm2"], strict=True))
    trials = global_significances(samples, looked_for, exposure, toys, seed)
    for found in (median, trials):
        logger.info("\n%s", found.to_string(index=False, float_format="{:.3g}".format))
    return {"table": table, "trials": trials}
