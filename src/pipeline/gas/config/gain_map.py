"""Schema of the gain map: the gains of all pixels from a calibration run."""

from collections.abc import Collection
from typing import Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from pipeline.config.model import described
from pipeline.gas.config.response import NamesResponse, Response


class GainMap(NamesResponse):
    """Gains of the pixels of a readout, relative to that of its response."""

    data: str = described(
        "Set of measured events, in `observed`, of one energy; they light the pixels evenly."
    )
    simulated: list[str] = described("Names of track sources of this energy.", min_length=1)
    response: Response = described(
        "Response, a name in `responses` or its block, 'fitted' too; without noise hits."
    )
    pixels: tuple[PositiveInt, PositiveInt] = described(
        "Number of pixels along x and y, as wide as the voxels of `grid`."
    )
    corner_um: tuple[float, float] = described(
        "x and y of the outer corner of the first pixel in the hits' coordinates [um].", (0.0, 0.0)
    )
    margin: NonNegativeInt = described(
        "Number of pixels around these, on all sides, over which events lie as well.", 0
    )
    views: PositiveInt = described(
        "How often each simulated track is used, each time in another direction and place.", 4
    )

    @model_validator(mode="after")
    def _has_no_noise_and_no_map(self) -> Self:
        if self.response.has("noise_hits"):
            raise ValueError("response: noise_hits must be 0; leave noisy pixels out of the data")
        if self.response.gain.map:
            raise ValueError("response: leave out gain.map; gains are found relative to none")
        if any(self.response.spread_um) or self.response.integrate_from != "first":
            raise ValueError(
                "response: gains are found without gain.spread_um and with integrate_from: first"
            )
        return self


def check_gain_map(block: GainMap | None, observed: Collection[str]) -> None:
    """Check the name of the data.

    Raises:
        ValueError: there is no such set of measured events.
    """
    if block and block.data not in observed:
        raise ValueError(
            f"gain_map.data: there is no '{block.data}' under `observed`; there are "
            f"{', '.join(observed) or 'none'}"
        )
