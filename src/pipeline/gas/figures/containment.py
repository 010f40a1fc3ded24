"""Share of the recoils that the voxel grid contains."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLOURS, COLUMN_INCH


def draw_containment(table: pd.DataFrame, published: Mapping[str, float]) -> Figure:
    """One point per voxel set and source, with binomial errors.

    Args:
        table: table of `voxels.containment.containment_table`.
        published: published contained fraction by voxel set, where there is one.
    """
    figure = Figure(figsize=(COLUMN_INCH, 1.0 + 0.32 * len(table)))
    axis = figure.subplots()
    rows = range(len(table))
    axis.errorbar(
        100 * table["contained_fraction"],
        rows,
        xerr=100 * table["contained_fraction_err"],
        fmt="o",
        color=COLOURS[0],
        label="this work",
    )
    marks = [(row, published[name]) for row, name in enumerate(table["set"]) if name in published]
    if marks:
        axis.plot(
            [100 * fraction for _, fraction in marks],
            [row for row, _ in marks],
            "o",
            color=COLOURS[1],
            markerfacecolor="none",
            markersize=8,
            label="published",
        )
    axis.set_yticks(rows, table["set"] + "\n" + table["source"], fontsize=7)
    axis.invert_yaxis()
    axis.margins(y=0.5 / max(len(table), 2))
    axis.set(xlabel="contained recoils [%]")
    axis.grid(axis="y", visible=False)
    figure.legend(loc="outside upper center", ncols=2)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_containment(read_tables(inputs["table"]), params["published"])
