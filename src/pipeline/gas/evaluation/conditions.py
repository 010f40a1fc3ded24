"""Whether the events of a test set are like those that a network was trained on."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from pipeline.gas.config.card import Card, Conditions, Range
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid

# Values of the prediction tables are float32.
ROUNDING = 1e-6
# Parts of the training events that the ranges of a card hold, about the median.
CHARGE_PART, SIZE_PART = 0.95, 0.998
# Share of a set's events outside of a range above which there is a remark. Of events at the ends of
# the training's energies and smearing up to 7 % are (40 keV, 160 to 175 um).
MOST_OUTSIDE = 0.1


def size_ranges(events: pd.DataFrame) -> dict[str, Range]:
    """The ranges of `Conditions` of training events.

    `events` has energy_keV, NaN if not known, electrons and occupied_voxels. A range of which no
    event knows anything is left out.
    """
    values = {
        "electrons_per_keV": (events["electrons"] / events["energy_keV"], CHARGE_PART),
        "electrons": (events["electrons"], SIZE_PART),
        "voxels": (events["occupied_voxels"], SIZE_PART),
    }
    ranges = {
        name: known.quantile([(1 - part) / 2, (1 + part) / 2])
        for name, (column, part) in values.items()
        if len(known := column[column > 0])
    }
    return {name: Range(low=ends.iloc[0], high=ends.iloc[1]) for name, ends in ranges.items()}


def outside(
    trained: Conditions,
    grid: Grid,
    gases: Mapping[str, GasMixture | None],
    predictions: pd.DataFrame,
    response: Response | None = None,
) -> list[str]:
    """Remarks on how the events of a test set differ from the training events; empty: not at all.

    `gases` are those of its sources, None where a source does not state it; energies, smearing,
    electrons and voxels are those of the events in `predictions`, and `response` has measured them.
    """
    remarks = [
        f"the gas of source {source} is {gas_text(gas)}, trained in "
        f"{' or '.join(map(gas_text, trained.gases)) or 'a gas that the card does not state'}"
        for source, gas in gases.items()
        if gas not in trained.gases
    ]
    remarks += other_grid(trained, grid)
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
    return [*remarks, *other_sizes(trained, predictions)]


def other_sizes(trained: Conditions, events: pd.DataFrame) -> Iterator[str]:
    """Remarks on the charge of the events, and on their voxels.

    The charge is compared per keV, so that another energy gives one remark, not two. Where the
    energy of most events is not known, the electrons of an event are compared instead.
    """
    charge = (events["electrons"] / events["energy_keV"]).median()
    usual = trained.electrons_per_keV
    if usual is not None and (charge < usual.low or charge > usual.high):
        yield (
            f"a median of {charge:.3g} electrons per keV, trained on "
            f"{usual.low:.3g} to {usual.high:.3g}"
        )
    known = events["energy_keV"].notna().mean() > 0.5
    for column, what, usual in (
        ("electrons", "electrons", None if known else trained.electrons),
        ("occupied_voxels", "voxels", trained.voxels),
    ):
        if usual is None:
            continue
        share = np.mean((events[column] < usual.low) | (events[column] > usual.high))
        if share > MOST_OUTSIDE:
            yield (
                f"{100 * share:.0f} % of the events have a number of {what} outside of "
                f"{usual.low:.0f} to {usual.high:.0f}, where the training events are"
            )


def other_grid(trained: Conditions, grid: Grid) -> list[str]:
    """A remark if the voxels are not those of the training."""
    if grid == trained.grid:
        return []
    return [f"the grid is {_grid(grid)}, trained on {_grid(trained.grid)}"]


def other_frames(card: Card, frames: int) -> list[str]:
    """A remark if a network predicts in another number of frames than its temperature is for."""
    fitted = card.network.frames
    if card.temperature is None or frames == fitted:
        return []
    return [f"predicted in {frames} frames, its factor on kappa is for {fitted}"]


def of_measured(card: Card, grid: Grid, frames: int, events: pd.DataFrame) -> str:
    """Remarks on measured events, of which energy, gas and readout are not known.

    Events with too much or too little charge, or in too many or too few voxels, may also be ones in
    a wrong unit. Nothing else can find it where there are no simulated events to compare with.
    """
    sizes = [*other_sizes(card.conditions, events)]
    unit = "check `electrons_per_charge` and `length_unit` of the source, and the energy"
    remarks = [*other_grid(card.conditions, grid), *other_frames(card, frames), *sizes]
    return "; ".join([*remarks, *([unit] if sizes else [])])


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
