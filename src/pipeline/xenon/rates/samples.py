"""Samples of the search for an excess, from the files of scores and responses."""

from collections.abc import Sequence

import pyarrow.parquet as pq

from pipeline.core.tables import Params
from pipeline.statistics.excess.samples import Samples
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.region import Region
from pipeline.xenon.rates.systematics import uncertain_response
from pipeline.xenon.rates.weighted_scores import search_samples, weigh_files


def read_samples(
    scores: Sequence[str],
    shards: Sequence[str],
    masses_GeV: Sequence[float],
    model: Params,
) -> Samples:
    """Background and WIMPs of each mass.

    Args:
        scores: score tables of the samples of electronic and of nuclear recoils.
        shards: all responses of the samples, in the order of the score tables.
        masses_GeV: masses of the WIMPs.
        model: plain settings: `rates`, `region`, `spectra` of the samples, `nuisances` of the
            response and their relative uncertainties, and the `detector` of the samples.
    """
    rates = Rates.model_validate(model["rates"])
    region = Region.model_validate(model["region"])
    detector = Detector.model_validate(model["detector"])
    response = uncertain_response(shards, model["nuisances"], detector)
    weighted = weigh_files(scores, rates, region, masses_GeV, model["spectra"])
    return search_samples(weighted, rates, response, pq.read_metadata(scores[0]).num_rows)
