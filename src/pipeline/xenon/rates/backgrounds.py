"""Expected counts in the region of interest: spectra times the share of recoils in it.

The share is a function of true energy and includes the trigger. Recoils beyond a range of true
energies are left out; `region.check_range` says whether the region needs them.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.physics.wimps import wimp_rate
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.rates.efficiency import Efficiency, efficiencies
from pipeline.xenon.rates.recoil_spectra import (
    Spectrum,
    atmospheric_neutrinos,
    boron8,
    double_beta_decay,
    midpoints,
    solar_neutrinos,
)

Array = NDArray[np.float64]

ER, NR = RECOILS

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Component:
    """A kind of recoil events: name, recoil ("ER" or "NR"), range [keV] and spectrum."""

    name: str
    recoil: str
    range_keV: tuple[float, float]
    spectrum: Spectrum

    def expected_per_t_yr(self, efficiency: Efficiency | None = None) -> float:
        """Expected selected events [1/(t yr)]; without `efficiency`, all recoils of the range."""
        low, high = self.range_keV
        energy = midpoints(low, high, 500)
        passed = 1.0 if efficiency is None else efficiency.at(energy)
        return float((self.spectrum(energy) * passed).mean() * (high - low))

    def event_weights(
        self, energy_keV: Array, efficiency: Efficiency, generated: Spectrum | None = None
    ) -> Array:
        """Weights [1/(t yr)] of selected simulated events; zero outside the range.

        The sum of the weights is `expected_per_t_yr(efficiency)`, so it does not depend on the
        fluctuations of the sample.

        Args:
            energy_keV: true energies (n,) of the selected events.
            efficiency: share of the recoils that are selected.
            generated: spectrum of the events before the selection, on any scale; None: uniform.

        Raises:
            ValueError: events are expected, but the sample has none.
        """
        low, high = self.range_keV
        inside = (energy_keV >= low) & (energy_keV <= high)
        weight = np.zeros(len(energy_keV))
        # Interpolated, because some spectra are integrals, too slow to compute for each event.
        grid = np.linspace(low, high, 500)
        weight[inside] = np.interp(energy_keV[inside], grid, self.spectrum(grid))
        if generated is not None:
            weight[inside] /= generated(energy_keV[inside])
        expected = self.expected_per_t_yr(efficiency)
        if expected > 0 and not weight.sum() > 0:
            raise ValueError(
                f"{self.name}: no simulated {self.recoil} event of {low:g} to {high:g} keV is in "
                f"the region, but {expected:g} are expected per t yr; simulate more events"
            )
        return weight * (expected / weight.sum()) if expected > 0 else np.zeros_like(weight)


def event_weights(
    components: Iterable[Component],
    energy_keV: Array,
    recoil: NDArray[np.uint8],
    efficiencies: Mapping[str, Efficiency],
    generated: Mapping[str, Spectrum] | None = None,
) -> Array:
    """Weights [1/(t yr)] of selected events (n,), summed over `components`.

    `recoil` holds the codes of the event table; `efficiencies` and `generated` are given by "ER"
    and "NR"; see `Component.event_weights`.
    """
    weight = np.zeros(len(energy_keV))
    for component in components:
        name = component.recoil
        own = recoil == RECOILS.index(name)
        weight[own] += component.event_weights(
            energy_keV[own], efficiencies[name], None if generated is None else generated[name]
        )
    return weight


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


def background_table(rates: Rates, efficiencies: Mapping[str, Efficiency]) -> pd.DataFrame:
    """Expected background [1/(t yr)] by component; the last row, "total", is the sum.

    Columns component, recoil, recoils_per_t_yr (in the simulated range) and in_region_per_t_yr.
    `efficiencies` are given by "ER" and "NR".

    Raises:
        ValueError: no background is expected in the region.
    """
    rows = [
        {
            "component": component.name,
            "recoil": component.recoil,
            "recoils_per_t_yr": component.expected_per_t_yr(),
            "in_region_per_t_yr": component.expected_per_t_yr(efficiencies[component.recoil]),
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
    rates = Rates.model_validate(params["rates"])
    table = background_table(rates, efficiencies(read_tables(inputs["trigger"])))
    logger.info(
        "background in the region of interest\n%s",
        table.to_string(index=False, float_format="{:.3g}".format),
    )
    return {"table": table}
