"""Settings of the uncertainties of the detector's response."""

from typing import Literal

from pipeline.xenon.config.rates import Uncertainty

Quantity = Literal[
    "g1",
    "extraction",
    "lifetime",
    "field",
    "er_charge_yield",
    "nr_charge_yield",
    "er_fluctuation",
]

RESPONSE_UNCERTAINTIES: dict[Quantity, Uncertainty] = {
    "g1": Uncertainty(relative=0.02, source="choice, for calibrations with several lines"),
    "extraction": Uncertainty(relative=0.02, source="choice, as of g1, from the same fit"),
    "lifetime": Uncertainty(relative=0.05, source="choice, for weekly calibrations"),
    "field": Uncertainty(relative=0.05, source="choice, for simulated field maps"),
    "er_charge_yield": Uncertainty(
        relative=0.02, source="choice, for calibrations with beta sources below 10 keV"
    ),
    "nr_charge_yield": Uncertainty(
        relative=0.05, source="choice, for calibrations with a neutron generator"
    ),
    "er_fluctuation": Uncertainty(
        relative=0.05, source="choice; the width of recombination decides on leakage"
    ),
}
