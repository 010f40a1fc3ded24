"""Shift of the search's significances if the detector's response is not the simulated one."""

from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.shifts import shifts
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.rates import Uncertainty
from pipeline.xenon.config.response import Quantity
from pipeline.xenon.response.reweight import ratios, read_counts


def response_shifts(
    samples: Samples,
    wimp: Wimp,
    exposure_t_yr: float,
    shards: Sequence[str],
    uncertainties: Mapping[Quantity, Uncertainty],
    detector: Detector,
) -> pd.DataFrame:
    """Table of `statistics.excess.shifts`, for each quantity larger and smaller by its uncertainty.

    Networks, densities and expected rates stay those of the simulation. `shards` are all responses
    of the samples of electronic and of nuclear recoils, in the order of the score tables.
    """
    events = read_counts(shards)
    # Scores number the events that trigger.
    seen = events["triggered"].to_numpy()
    return shifts(
        samples,
        wimp,
        exposure_t_yr,
        {
            (name, change): ratios(events, name, change, detector)[seen]
            for name, uncertainty in uncertainties.items()
            for change in (-uncertainty.relative, uncertainty.relative)
        },
    )
