"""Predicted directions of measured events."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import PAGE_INCH


def draw_observed_directions(table: pd.DataFrame) -> Figure:
    """One row of panels for each set, one panel for each axis, one line for each method."""
    sets = list(table["set"].unique())
    figure = Figure(figsize=(PAGE_INCH, 2.3 * len(sets) + 0.3), layout="constrained")
    axes = figure.subplots(len(sets), 3, squeeze=False, sharex=True)
    for i, name in enumerate(sets):
        for j, component in enumerate("xyz"):
            axis = axes[i, j]
            rows = table[(table["set"] == name) & (table["axis"] == component)]
            for method, found in rows.groupby("method", sort=False):
                share = found["events"] / found["expected"]
                error = np.sqrt(found["events"]) / found["expected"]
                centre = 0.5 * (found["low"] + found["high"])
                axis.errorbar(centre, share, error, fmt=".", capsize=0, label=method)
            axis.axhline(1, color="black", linestyle="--", linewidth=0.8)
            axis.set(ylim=(0, None))
            if i == len(sets) - 1:
                axis.set_xlabel(f"{component} of the predicted direction")
        axes[i, 0].set_ylabel(f"{name}\nevents / isotropy")
    axes[0, 2].legend(fontsize=7)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_observed_directions(read_table(inputs["directions"][0]))
