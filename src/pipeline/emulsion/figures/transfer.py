"""Efficiency for tracks in the film by their angle to a beam, at the beam's threshold."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, COLUMN_INCH


def draw_transfer(table: pd.DataFrame, efficiency: float) -> Figure:
    """Points with 68 % intervals; dotted, the efficiency for the beam itself."""
    figure = Figure(figsize=(COLUMN_INCH, 2.6))
    axis = figure.subplots()
    middle = (table["angle_low_deg"] + table["angle_high_deg"]) / 2
    half = (table["angle_high_deg"] - table["angle_low_deg"]) / 2
    errors = [table["efficiency"] - table["low"], table["high"] - table["efficiency"]]
    axis.errorbar(middle, table["efficiency"], errors, half, fmt="o", color=COLOURS[0])
    axis.axhline(efficiency, color="0.4", linestyle=":", linewidth=1)
    axis.set(xlabel="angle to the beam in the film [deg]", ylabel="efficiency", xlim=(0, 90))
    axis.set_ylim(0, 1)
    axis.set_title(", ".join(table["signal"].unique()), fontsize=8)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_transfer(read_table(inputs["table"][0]), params["efficiency"])
