"""Efficiency for tracks in the film by their angle to a beam, at the beam's threshold."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, COLUMN_INCH, MARKERS


def draw_transfer(table: pd.DataFrame, efficiency: float) -> Figure:
    """Points with 68 % intervals for each network; dotted, the efficiency for the beam itself."""
    figure = Figure(figsize=(COLUMN_INCH, 2.6))
    axis = figure.subplots()
    for place, (network, rows) in enumerate(table.groupby("network", sort=False)):
        half = (rows["angle_high_deg"] - rows["angle_low_deg"]) / 2
        # Side by side within a bin.
        middle = rows["angle_low_deg"] + half * (1 + 0.15 * place)
        errors = [rows["efficiency"] - rows["low"], rows["high"] - rows["efficiency"]]
        axis.errorbar(
            middle,
            rows["efficiency"],
            errors,
            fmt=MARKERS[place % len(MARKERS)],
            color=COLOURS[place % len(COLOURS)],
            label=str(network),
        )
    axis.axhline(efficiency, color="0.4", linestyle=":", linewidth=1)
    axis.set(xlabel="angle to the beam in the film [deg]", ylabel="efficiency", xlim=(0, 90))
    axis.set_ylim(0, 1)
    axis.set_title(", ".join(table["signal"].unique()), fontsize=8)
    axis.legend(loc="lower left")
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_transfer(read_table(inputs["table"][0]), params["efficiency"])
