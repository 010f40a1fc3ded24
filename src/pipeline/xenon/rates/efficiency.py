"""Share of recoils that pass a selection as a function of true energy."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

_CELLS = 30  # energy bins of a measured efficiency


@dataclass(frozen=True)
class Efficiency:
    """Fraction of recoils selected at each true energy [keV], interpolated linearly."""

    energy_keV: Array
    fraction: Array

    def __post_init__(self) -> None:
        if len(self.energy_keV) < 2 or len(self.energy_keV) != len(self.fraction):
            raise ValueError(
                f"an efficiency needs two or more points, got {len(self.energy_keV)} energies and "
                f"{len(self.fraction)} fractions"
            )
        if not (np.diff(self.energy_keV) > 0).all():
            raise ValueError("energies of an efficiency must ascend")
        inside = (np.asarray(self.fraction) >= 0) & (np.asarray(self.fraction) <= 1)
        if not inside.all():
            raise ValueError("fractions of an efficiency must lie between 0 and 1")

    @classmethod
    def measured(
        cls,
        energy_keV: Array,
        selected: NDArray[np.bool_],
        range_keV: tuple[float, float],
        weight: Array,
    ) -> Self:
        """Measure the efficiency with simulated events (n,), in bins uniform in log energy.

        `weight` (n,) is the number of events that each one stands for.

        Raises:
            ValueError: a bin of the range holds no event.
        """
        edges = np.geomspace(*range_keV, _CELLS + 1)
        events, _ = np.histogram(energy_keV, edges, weights=weight)
        if not events.all():
            low, high = edges[np.argmin(events)], edges[np.argmin(events) + 1]
            raise ValueError(
                f"no simulated event at {low:.3g} to {high:.3g} keV to measure the "
                "efficiency with; simulate more events or narrow the range in `rates`"
            )
        passed, _ = np.histogram(energy_keV[selected], edges, weights=weight[selected])
        # The efficiency is constant between an end of the range and the centre of the outer bin.
        energy = np.concatenate([edges[:1], np.sqrt(edges[1:] * edges[:-1]), edges[-1:]])
        return cls(energy, np.pad(np.minimum(passed / events, 1), 1, mode="edge"))

    def at(self, energy_keV: Array) -> Array:
        """Fractions at `energy_keV` (n,); ValueError outside the range of the table."""
        low, high = self.energy_keV[0], self.energy_keV[-1]
        if len(energy_keV) and not (low <= energy_keV.min() and energy_keV.max() <= high):
            raise ValueError(
                f"the response is known from {low:g} to {high:g} keV, but recoils of "
                f"{energy_keV.min():g} to {energy_keV.max():g} keV are needed"
            )
        return np.interp(energy_keV, self.energy_keV, self.fraction)


def efficiencies(table: pd.DataFrame) -> dict[str, Efficiency]:
    """Shares of recoils in the region by recoil, from a table of `trigger.trigger_table`."""
    return {
        str(recoil): Efficiency(rows["energy_keV"].to_numpy(), rows["in_region"].to_numpy())
        for recoil, rows in table.groupby("recoil")
    }
