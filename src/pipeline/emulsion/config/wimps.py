"""Settings of the directional test for WIMPs in a nuclear emulsion."""

from typing import Annotated

from pydantic import Field, field_validator

from pipeline.config.model import Block, described, distinct
from pipeline.physics.elements import ATOMIC_WEIGHTS
from pipeline.physics.halo import Halo
from pipeline.statistics.directional.config import EventGrid, Fraction, Probability

Mass = Annotated[float, Field(gt=0)]


class Wimps(Block):
    """Directional test for WIMPs: the signal events and the exposure that it needs.

    The emulsion is on an equatorial mount, with Cygnus in the plane of the film. The background is
    isotropic.
    """

    masses_GeV: tuple[Mass, ...] = described(
        "Masses of the WIMP [GeV].", (10.0, 30.0, 100.0, 300.0, 1000.0), min_length=1
    )
    cross_section_cm2: float = described(
        "Cross-section on a nucleon [cm2]; exposures are inversely proportional to it.",
        1e-45,
        gt=0,
    )
    halo: Halo = described("Halo of WIMPs.", Halo())
    mass_fractions: dict[str, Fraction] = described(
        "Mass fractions of the elements on which WIMPs scatter; each needs its rows in the table "
        "of efficiencies.",
        {"Ag": 0.44, "Br": 0.32, "I": 0.019, "C": 0.101, "O": 0.074, "N": 0.027, "S": 0.003},
        min_length=1,
    )
    head_tail: float = described(
        "Probability that the sense of a measured axis is found; 0.5: no information.",
        0.5,
        ge=0.5,
        le=1,
    )
    recoils: int = described("Simulated selected recoils of each mass.", 200_000, ge=1000)
    signal_fractions: tuple[Fraction, ...] = described(
        "Purities: fractions of selected clusters that come from WIMPs.",
        (0.1, 0.5, 1.0),
        min_length=1,
    )
    events: EventGrid = described(
        "Grid of numbers of selected clusters in toys; larger needed numbers are those of the "
        "closed form for many events.",
        EventGrid(events_max=2000),
    )
    background_toys: int = described(
        "Background-only toys; a level p needs background_toys * p >= 10.", 10_000, ge=100
    )
    signal_toys: int = described("Signal-plus-background toys.", 2000, ge=100)
    levels: dict[str, Probability] = described(
        "Named levels as one-sided p-values; 3 sigma is the upper Gaussian tail beyond +3.",
        {"90% CL": 0.1, "3 sigma": 1.35e-3},
        min_length=1,
    )

    _distinct = field_validator("masses_GeV", "signal_fractions")(distinct)

    @field_validator("mass_fractions")
    @classmethod
    def _of_known_elements(cls, fractions: dict[str, float]) -> dict[str, float]:
        for name in fractions:
            if name not in ATOMIC_WEIGHTS:
                raise ValueError(f"unknown element '{name}'; elements: {', '.join(ATOMIC_WEIGHTS)}")
        if sum(fractions.values()) > 1 + 1e-6:
            raise ValueError(f"mass fractions add up to {sum(fractions.values()):g}, more than 1")
        return fractions
