"""Settings of the uncertainties of the detector's response."""

from typing import Literal

from pipeline.config.model import described
from pipeline.xenon.config.rates import Uncertainty

# The fit looks at changes by twice the uncertainty, and weights of events describe small changes.
MOST = 0.2

Quantity = Literal[
    "g1",
    "extraction",
    "lifetime",
    "field",
    "er_charge_yield",
    "nr_charge_yield",
    "er_fluctuation",
]


class ResponseUncertainty(Uncertainty):
    """Uncertainty of a quantity of the detector's response."""

    relative: float = described("Relative standard deviation.", ge=0, le=MOST)


RESPONSE_UNCERTAINTIES: dict[Quantity, ResponseUncertainty] = {
    "g1": ResponseUncertainty(relative=0.02, source="choice, for calibrations with several lines"),
    "extraction": ResponseUncertainty(relative=0.02, source="choice, as of g1, from the same fit"),
    "lifetime": ResponseUncertainty(relative=0.05, source="choice, for weekly calibrations"),
    "field": ResponseUncertainty(relative=0.05, source="choice, for simulated field maps"),
    "er_charge_yield": ResponseUncertainty(
        relative=0.02, source="choice, for calibrations with beta sources below 10 keV"
    ),
    "nr_charge_yield": ResponseUncertainty(
        relative=0.05, source="choice, for calibrations with a neutron generator"
    ),
    "er_fluctuation": ResponseUncertainty(
        relative=0.05, source="choice; the width of recombination decides on leakage"
    ),
}
