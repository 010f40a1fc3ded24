"""Efficiency and angular response of an emulsion for nuclear recoils, by ion and energy.

Both come from samples of isotropic recoils. Averages over their directions stand for recoils of
WIMPs too, and the response must not depend on the direction of the track in the film: images that
prefer an axis would turn isotropic recoils into a signal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

EFFICIENCY = {
    "ion": "element of the recoil",
    "energy_keV": "its energy",
    "efficiency": "share of the recoils that are selected",
}
RESPONSE = {
    "ion": "element of the recoil",
    "energy_keV": "its energy",
    "true_axis_deg": "angle of the recoil's first direction in the plane of the film",
    "measured_axis_deg": "angle of the measured axis there",
    "kappa": "predicted concentration of twice the angle; NaN: the method has none",
    "selected": "whether the cluster is selected as a recoil",
}


@dataclass(frozen=True)
class Efficiency:
    """Share of recoils that are selected, by ion: energies [keV], rising, and efficiencies."""

    curves: dict[str, tuple[Array, Array]]

    @classmethod
    def from_table(cls, table: pd.DataFrame) -> Self:
        """Curves from the columns of `EFFICIENCY`.

        Raises:
            ValueError: a column is missing, a value is out of its range, or an energy is there
                twice.
        """
        _check(table, EFFICIENCY)
        if not table["efficiency"].between(0, 1).all():
            bad = table[~table["efficiency"].between(0, 1)].iloc[0]
            raise ValueError(
                f"the efficiency of {bad['ion']} at {bad['energy_keV']:g} keV is "
                f"{bad['efficiency']:g}; it must lie within 0..1"
            )
        twice = table[table.duplicated(["ion", "energy_keV"])]
        if len(twice):
            row = twice.iloc[0]
            raise ValueError(f"two rows of {row['ion']} at {row['energy_keV']:g} keV; keep one")
        ordered = table.sort_values("energy_keV").groupby("ion")
        return cls(
            {
                str(ion): (rows["energy_keV"].to_numpy(float), rows["efficiency"].to_numpy(float))
                for ion, rows in ordered
            }
        )

    def at(self, ion: str, energy_keV: Array) -> Array:
        """Efficiencies at energies of any shape, linear between the tabulated ones.

        Zero below the lowest tabulated energy, constant above the highest.

        Raises:
            ValueError: there are no rows of this ion.
        """
        if ion not in self.curves:
            raise ValueError(
                f"the table of efficiencies has no rows of ion '{ion}', only of "
                f"{', '.join(self.curves)}; add them, or take it out of wimps.mass_fractions"
            )
        return np.interp(energy_keV, *self.curves[ion], left=0.0)


@dataclass(frozen=True)
class Measured:
    """Measured minus true angle [rad], kappa (None: there is none) and row of the table; [n]."""

    turn_rad: Array
    kappa: Array | None
    row: NDArray[np.int64]


@dataclass(frozen=True)
class Response:
    """Selected recoils in the order of ion and energy.

    `turn_rad` and `kappa` (None: there is none) have an entry for each; `energies` maps an ion to
    its different energies [keV], rising, and the first row of each with the end as the last entry.
    """

    turn_rad: Array
    kappa: Array | None
    energies: dict[str, tuple[Array, NDArray[np.int64]]]

    @classmethod
    def from_table(cls, table: pd.DataFrame) -> Self:
        """Selected rows of a table with the columns of `RESPONSE`.

        Raises:
            ValueError: a column is missing, or a selected row has an angle that is not finite or a
                kappa that is negative or known for some rows only.
        """
        _check(table, RESPONSE)
        kept = table[table["selected"].astype(bool)].sort_values(["ion", "energy_keV"])
        turn = np.radians((kept["measured_axis_deg"] - kept["true_axis_deg"]).to_numpy(float))
        if not np.isfinite(turn).all():
            raise ValueError("true_axis_deg and measured_axis_deg of selected rows must be finite")
        kappa = kept["kappa"].to_numpy(float)
        known = not np.isnan(kappa).all()
        if known and not (np.isfinite(kappa) & (kappa >= 0)).all():
            raise ValueError("kappa must be finite and >= 0 for every selected row, or NaN for all")
        energies, start = {}, 0
        for ion, rows in kept.groupby("ion"):
            values, counts = np.unique(rows["energy_keV"].to_numpy(float), return_counts=True)
            energies[str(ion)] = (values, start + np.concatenate([[0], np.cumsum(counts)]))
            start += len(rows)
        return cls(turn, kappa if known else None, energies)

    def draw(
        self, rng: np.random.Generator, ions: Sequence[str], ion: NDArray[np.int64], energy: Array
    ) -> Measured:
        """A random measurement of each recoil: place of its ion in `ions` [n], energy [keV, n].

        Between two tabulated energies a recoil takes a row of either, with probabilities linear in
        energy; beyond the outermost, one of that energy.

        Raises:
            ValueError: there are no selected rows of an ion of the recoils.
        """
        row = np.empty(len(ion), np.int64)
        for place in np.unique(ion):
            if ions[place] not in self.energies:
                raise ValueError(
                    f"the table of the response has no selected row of ion '{ions[place]}', "
                    "whose efficiency is not zero; add some"
                )
            values, first = self.energies[ions[place]]
            own = ion == place
            position = np.interp(energy[own], values, np.arange(len(values)))
            node = np.floor(position + rng.random(own.sum())).astype(np.int64)
            row[own] = rng.integers(first[node], first[node + 1])
        kappa = None if self.kappa is None else self.kappa[row]
        return Measured(self.turn_rad[row], kappa, row)


def _check(table: pd.DataFrame, columns: dict[str, str]) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        raise ValueError(f"no column {missing}; it has {list(table)}")
    if not (table["energy_keV"] > 0).all():
        raise ValueError("energy_keV must be positive in every row")
