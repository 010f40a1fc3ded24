"""Schema of gas mixtures."""

from collections.abc import Sequence
from typing import Self

from pydantic import model_validator

from pipeline.config.model import Block, described
from pipeline.physics.gas_density import electrons_per_m3

# Degrad's numbers of gases.
DEGRAD_GASES = {1: "CF4", 2: "Ar", 3: "He", 5: "Ne", 6: "Kr", 7: "Xe", 8: "CH4", 12: "CO2"}


class GasMixture(Block):
    """A gas mixture."""

    fractions: dict[str, float] = described(
        "Component -> volume fraction; the fractions add up to 1.", {"He": 0.7, "CO2": 0.3}
    )
    temperature_C: float = described("Temperature [deg C].", 20.0, gt=-273.15)
    pressure_torr: float = described("Pressure [torr].", 760.0, gt=0)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        total = sum(self.fractions.values())
        if abs(total - 1) > 1e-6 or min(self.fractions.values(), default=0) <= 0:
            raise ValueError(f"fractions must be positive and add up to 1, not {total:g}")
        return self

    @property
    def electrons_per_m3(self) -> float | None:
        """Electrons per m3 of this gas; None if a component is not named by its formula."""
        try:
            return electrons_per_m3(self.fractions, self.temperature_C, self.pressure_torr)
        except ValueError:
            return None


def degrad_mixture(
    ids: Sequence[int], percent: Sequence[float], temperature_C: float, pressure_torr: float
) -> GasMixture | None:
    """The mixture of Degrad's gas numbers and percentages; None if a gas is not known here."""
    if not set(ids) <= DEGRAD_GASES.keys():
        return None
    shares = zip(ids, percent, strict=True)
    return GasMixture(
        fractions={DEGRAD_GASES[i]: share / sum(percent) for i, share in shares if share},
        temperature_C=temperature_C,
        pressure_torr=pressure_torr,
    )
