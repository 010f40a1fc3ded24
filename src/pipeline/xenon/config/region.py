"""Settings of the region of interest of the search."""

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, field_validator

from pipeline.config.model import Block, described, not_empty

Photons = Annotated[float, Field(ge=0)]


class Region(Block):
    """The region of interest: a cut on what the detector records.

    Simulated and observed events are selected alike. cS1 is the number of detected S1 photons over
    the light collection at the event's height, relative to g1, which its drift time tells.
    """

    cs1_photons: tuple[Photons, Photons] = described(
        "Range of cS1 [detected photons], both ends included. Electronic recoils of 7.5 keV have "
        "40 on average.",
        (3.0, 40.0),
    )

    def holds(self, cs1_photons: ArrayLike) -> NDArray[np.bool_]:
        """Which events (n,) of these cS1 lie in the region."""
        low, high = self.cs1_photons
        cs1 = np.asarray(cs1_photons)
        return np.asarray((cs1 >= low) & (cs1 <= high))

    _not_empty = field_validator("cs1_photons")(not_empty)
