"""Components of the background and WIMPs, and how many of their events the search expects.

Recoils beyond a range of true energies are left out; `region.check_range` says whether the region
of interest needs them.
"""

import logging
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.physics.wimps import wimp_rate
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.rates.recoil_spectra import (
    Spectrum,
    atmospheric_neutrinos,
    boron8,
    double_beta_decay,
    solar_neutrinos,
)
from pipeline.xenon.rates.simulated import GRID

ER, NR = RECOILS

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Component:
    """A kind of recoil events: name, recoil ("ER" or "NR"), range [keV] and spectrum."""

    name: str
    recoil: str
    range_keV: tuple[float, float]
    spectrum: Spectrum

    def expected_per_t_yr(self) -> float:
        """Expected recoils of the range [1/(t yr)], before any selection."""
        energy = np.geomspace(*self.range_keV, GRID)
        return float(np.trapezoid(self.spectrum(energy), energy))


def backgrounds(rates: Rates) -> list[Component]:
    """The background components of the config."""

    def flat(rate: float) -> Spectrum:
        return lambda energy: np.full(len(energy), rate)

    electron_recoils: dict[str, Spectrum] = (
        {
            name: partial(solar_neutrinos, names=sources, binding=rates.electron_binding)
            for name, sources in (("pp", ["pp"]), ("7Be", ["7Be ground", "7Be excited"]))
        }
        | {
            "136Xe": lambda energy: double_beta_decay(
                energy, rates.xe136_half_life_yr, rates.xe136_abundance
            ),
        }
        | {name: flat(rate) for name, rate in rates.flat_electron_recoils_per_t_yr_keV.items()}
    )
    slope = rates.neutron_slope_keV
    nuclear_recoils: dict[str, Spectrum] = {
        "8B": lambda energy: boron8(energy, rates.boron8_per_t_yr),
        "atmospheric": lambda energy: atmospheric_neutrinos(energy, rates.atmospheric_per_t_yr),
        "neutrons": lambda energy: rates.neutrons_per_t_yr / slope * np.exp(-energy / slope),
    }
    return [
        Component(name, ER, rates.electron_recoils_keV, spectrum)
        for name, spectrum in electron_recoils.items()
    ] + [
        Component(name, NR, rates.nuclear_recoils_keV, spectrum)
        for name, spectrum in nuclear_recoils.items()
    ]


def wimp(rates: Rates, mass_GeV: float) -> Component:
    """Recoils of WIMPs of mass `mass_GeV`, per cm2 of cross-section.

    The spectrum is tabulated once, which takes a tenth of a second.

    Raises:
        ValueError: these WIMPs give no recoils in the range.
    """
    low, high = rates.nuclear_recoils_keV
    energies = np.geomspace(low, high, 100)
    # The tolerance of the integrals of wimprates is absolute: with a cross-section near 1 cm2 they
    # would take ten times as long.
    table = wimp_rate(energies, mass_GeV, 1e-47) / 1e-47
    if not table.sum() > 0:
        raise ValueError(
            f"WIMPs of {mass_GeV:g} GeV give no recoil at {low:g} to {high:g} keV; search for "
            "heavier WIMPs or lower nuclear_recoils_keV"
        )
    return Component(
        f"WIMP {mass_GeV:g} GeV", NR, (low, high), lambda e: np.interp(e, energies, table)
    )


def background_table(rates: Rates, weighted: pd.DataFrame) -> pd.DataFrame:
    """Expected background [1/(t yr)] by component; the last row, "total", is the sum.

    Columns component, recoil, recoils_per_t_yr (in the simulated range) and in_region_per_t_yr, the
    sum of the weights of a table of `weighted_scores`.

    Raises:
        ValueError: no background is expected in the region.
    """
    weight = weighted[weighted["mass_GeV"] == 0].groupby("component")["weight"].sum()
    rows = [
        {
            "component": component.name,
            "recoil": component.recoil,
            "recoils_per_t_yr": component.expected_per_t_yr(),
            "in_region_per_t_yr": weight.get(component.name, 0.0),
        }
        for component in backgrounds(rates)
    ]
    table = pd.DataFrame(rows)
    sums = table[["recoils_per_t_yr", "in_region_per_t_yr"]].sum()
    if not sums["in_region_per_t_yr"] > 0:
        raise ValueError(
            "no background is expected in the region of interest (B = 0): widen "
            "region.cs1_photons, or check the trigger efficiency"
        )
    total = pd.DataFrame([{"component": "total", "recoil": "", **sums}])
    return pd.concat([table, total], ignore_index=True)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of the expected backgrounds, all recoils and those in the region."""
    weighted = pd.read_parquet(inputs["weighted"][0], columns=["mass_GeV", "component", "weight"])
    table = background_table(Rates.model_validate(params["rates"]), weighted)
    logger.info(
        "background in the region of interest\n%s",
        table.to_string(index=False, float_format="{:.3g}".format),
    )
    return {"table": table}
