"""Distances of a network's attention heads from the start of the track."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH, few_decimal_ticks
from pipeline.gas.evaluation.attention import CENTRE, START

WIDTH = 0.6  # of the points of all sets at one head


def draw_attention(table: pd.DataFrame) -> Figure:
    """Distances from the true start on the left, from the predicted one on the right.

    Args:
        table: table of `evaluation.attention.attention_table`.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.5))
    axes = figure.subplots(1, 2, sharey=True)
    sets = list(table["set"].unique())
    for axis, start in zip(axes, ("true", "predicted"), strict=True):
        for i, (name, rows) in enumerate(table.groupby("set", sort=False)):
            heads = rows[~rows["place"].isin([CENTRE, START])]
            colour = COLOURS[i % len(COLOURS)]
            axis.errorbar(
                np.arange(len(heads)) + 1 + WIDTH * ((i + 0.5) / len(sets) - 0.5),
                heads[f"{start}_mm"],
                heads[f"{start}_mm_err"],
                fmt=MARKERS[i % len(MARKERS)],
                color=colour,
                label=name,
            )
            centre = rows.loc[rows["place"] == CENTRE, f"{start}_mm"]
            axis.axhline(float(centre.iloc[0]), color=colour, linestyle="--", linewidth=0.8)
        axis.set_xticks(range(1, len(heads) + 1))
        axis.set(xlabel="attention head", title=f"distance from the {start} start")
    axes[0].set(ylabel="mean distance [mm]", yscale="log")
    few_decimal_ticks(axes[0])
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=len(sets))
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_attention(read_table(inputs["attention"][0]))
