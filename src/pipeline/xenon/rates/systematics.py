"""An uncertain response of the detector in the search, and what a wrong one does to it."""

from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.response import Response
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.shifts import shifts
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.response import Quantity
from pipeline.xenon.response.reweight import cubic_terms, ratios, read_counts


def uncertain_response(
    shards: Sequence[str], uncertainties: Mapping[Quantity, float], detector: Detector
) -> Response:
    """The response with nuisance parameters of these relative uncertainties.

    `shards` are all responses of the samples of electronic and of nuclear recoils, in the order of
    the score tables.
    """
    events = read_counts(shards)
    # Scores number the events that trigger.
    seen = events["triggered"].to_numpy()
    terms = cubic_terms(events, uncertainties, detector)
    return Response.of({product: term[seen] for product, term in terms.items()})


def response_shifts(
    samples: Samples,
    wimp: Wimp,
    exposure_t_yr: float,
    shards: Sequence[str],
    uncertainties: Mapping[Quantity, float],
    detector: Detector,
) -> pd.DataFrame:
    """Table of `statistics.excess.shifts`, for each quantity larger and smaller by its uncertainty.

    Networks, densities and expected rates stay those of the simulation. `shards` are those of
    `uncertain_response`.
    """
    events = read_counts(shards)
    seen = events["triggered"].to_numpy()
    return shifts(
        samples,
        wimp,
        exposure_t_yr,
        {
            (name, change): ratios(events, {name: change}, detector)[seen]
            for name, uncertainty in uncertainties.items()
            for change in (-uncertainty, uncertainty)
        },
    )
