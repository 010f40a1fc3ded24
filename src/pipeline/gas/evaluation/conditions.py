"""Whether the events of a test set are like those that a network was trained on."""

from collections.abc import Mapping

import pandas as pd

from pipeline.gas.config.card import Conditions
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid

# Values of the prediction tables are float32.
ROUNDING = 1e-6


def outside(
    trained: Conditions,
    grid: Grid,
    gases: Mapping[str, GasMixture | None],
    predictions: pd.DataFrame,
    response: Response | None = None,
) -> list[str]:
    """In what the events of a test set differ from the training's; empty if in nothing.

    `gases` are those of its sources, None where a source does not state it; energies and smearing
    are those of the events in `predictions`, and `response` has measured them.
    """
    remarks = [
        f"the gas of source {source} is {gas_text(gas)}, trained in "
        f"{' or '.join(map(gas_text, trained.gases)) or 'a gas that the card does not state'}"
        for source, gas in gases.items()
        if gas not in trained.gases
    ]
    if grid != trained.grid:
        remarks.append(f"the grid is {_grid(grid)}, trained on {_grid(trained.grid)}")
    if response != trained.response:
        remarks.append(
            f"{_response(response)}, trained with {_response(trained.response)}"
            if not (response and trained.response)
            else "another readout response than in the training"
        )
    ranges = (
        ("energy_keV", "energies", "keV", trained.energy.low_keV, trained.energy.high_keV),
        ("sigma_um", "smearing", "um", trained.smearing.low_um, trained.smearing.high_um),
    )
    for column, what, unit, low, high in ranges:
        least, most = float(predictions[column].min()), float(predictions[column].max())
        if least < low * (1 - ROUNDING) or most > high * (1 + ROUNDING):
            remarks.append(
                f"{what} of {_range(least, most)} {unit}, trained on {_range(low, high)} {unit}"
            )
    return remarks


def gas_text(gas: GasMixture | None) -> str:
    """A mixture in words."""
    if gas is None:
        return "not stated"
    parts = ", ".join(f"{100 * share:g} % {name}" for name, share in gas.fractions.items())
    return f"{parts} at {gas.pressure_torr:g} torr and {gas.temperature_C:g} C"


def _grid(grid: Grid) -> str:
    return f"{grid.bins}^3 voxels of {grid.voxel_text}"


def _response(response: Response | None) -> str:
    return "a readout response" if response else "smearing only"


def _range(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
