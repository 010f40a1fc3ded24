"""Efficiency for recoils against energy, by element."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.emulsion.figures.looks import IONS, colour_of_ion
from pipeline.figures.style import MARKERS, PAGE_INCH


def draw_efficiency(table: pd.DataFrame) -> Figure:
    """A curve with 68 % intervals for each element; an arrow is an upper limit."""
    figure = Figure(figsize=(0.75 * PAGE_INCH, 3.4))
    axis = figure.subplots()
    for ion, rows in table.groupby("ion", sort=False):
        colour = colour_of_ion(str(ion))
        marker = MARKERS[IONS.index(str(ion)) % len(MARKERS) if ion in IONS else -1]
        some = rows[rows["selected"] > 0]
        errors = [
            some["efficiency"] - some["efficiency_low"],
            some["efficiency_high"] - some["efficiency"],
        ]
        axis.errorbar(
            some["energy_keV"],
            some["efficiency"],
            errors,
            fmt=f"{marker}-",
            color=colour,
            label=str(ion),
        )
        none = rows[rows["selected"] == 0]
        axis.plot(none["energy_keV"], none["efficiency_high"], "v", color=colour, mfc="white")
    axis.set(xscale="log", yscale="log", xlabel="recoil energy [keV]", ylim=(None, 1))
    axis.set_ylabel("share of recoils that are selected")
    axis.legend(ncols=2)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_efficiency(read_table(inputs["table"][0]))
