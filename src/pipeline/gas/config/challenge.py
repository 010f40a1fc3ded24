"""Schema of a blind data challenge; it changes no result of the study."""

from typing import Self

from pydantic import PositiveInt, model_validator

from pipeline.config.model import Block, described
from pipeline.gas.config.response import PARAMETERS
from pipeline.gas.config.sources import GasMixture


class Challenge(Block):
    """Measured events that `make challenge` makes, and between what their truth is drawn."""

    observed: str = described("Set in `observed` whose one file of hits is written.")
    network: str = described("Network whose directions give the share of solar recoils.")
    simulated: str = described(
        "Test set with `response: fitted`, which gives the network's mean cosine."
    )
    events: PositiveInt = described("Events that are simulated.", 3000)
    gas: GasMixture = described("Gas of the detector.", GasMixture())
    parameters: dict[str, tuple[float, float]] = described(
        "Ranges [low, high] of the hidden parameters, by their dotted names; those of the fit."
    )
    solar_fraction: tuple[float, float] = described(
        "Range of the hidden share of recoils from solar neutrinos.", (0.0, 0.5)
    )
    days: float = described("Length of the run, from the first of January 2026.", 365.0, gt=0)

    @model_validator(mode="after")
    def _ranges_are_sensible(self) -> Self:
        for name, (low, high) in self.parameters.items():
            if name not in PARAMETERS or not 0 <= low <= high:
                raise ValueError(
                    f"parameters.{name}: expected a parameter of a response with 0 <= low <= high"
                )
        low, high = self.solar_fraction
        if not 0 <= low <= high <= 1:
            raise ValueError(f"solar_fraction: expected 0 <= low <= high <= 1, got {low}, {high}")
        return self
