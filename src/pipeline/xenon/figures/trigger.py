"""Shares of recoils that trigger and that lie in the region of interest."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLUMN_INCH
from pipeline.xenon.figures.recoils import COLOUR


def draw_trigger(table: pd.DataFrame) -> Figure:
    """Fractions as functions of true energy, from a table of `rates.trigger.trigger_table`."""
    figure = Figure(figsize=(1.3 * COLUMN_INCH, 3.6))
    axis = figure.subplots()
    for recoil, rows in table.groupby("recoil"):
        colour, energy = COLOUR[str(recoil)], rows["energy_keV"]
        axis.plot(energy, rows["triggered"], color=colour, label=f"{recoil}, triggered")
        axis.plot(energy, rows["in_region"], ":", color=colour, label=f"{recoil}, in the region")
        axis.plot(energy, rows["s2_only"], "--", color=colour, label=f"{recoil}, S2 only")
    axis.set(xscale="log", xlabel="true energy [keV]", ylabel="fraction of recoils", ylim=(0, 1.02))
    ticks = [e for e in (1, 2, 5, 10, 20, 50, 100) if e <= table["energy_keV"].max()]
    axis.set_xticks(ticks, [f"{e:g}" for e in ticks])
    axis.set_xticks([], minor=True)
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_trigger(read_tables(inputs["table"]))
