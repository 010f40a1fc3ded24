"""Settings of observed data."""

from pipeline.config.model import Block, described
from pipeline.xenon.config.samples import DataEvents

OBSERVED = "observed"  # name of the sample of the observed events


class Data(Block):
    """An observed data set, and whether its p-values are computed."""

    events: DataEvents = described(
        "Where the events come from, as in `samples`; or `recorded`, what a detector measures."
    )
    exposure_t_yr: float = described("Exposure of the data [t yr].", 200.0, gt=0)
    blind: bool = described(
        "Only the sensitivity at this exposure; scores of the data are not looked at.", True
    )
