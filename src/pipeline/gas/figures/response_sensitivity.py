"""Slopes of the cosine distance with the parameters of the response, and systematic errors."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import PAGE_INCH
from pipeline.gas.figures.methods import looks
from pipeline.gas.response.sensitivity import ALL

PER_CENT, SHOWN = 0.01, 1e3  # slopes are shown for 1 %, in units of 10^-3


def draw_response_sensitivity(table: pd.DataFrame) -> Figure:
    """Slopes for 1 % of a parameter on the left, systematic errors on the right.

    Args:
        table: table of `response.sensitivity.sensitivity_table`.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.9))
    left, right = figure.subplots(1, 2, sharey=True)
    names = list(table["parameter"].unique())
    methods = looks(table["method"].unique())
    for i, (method, look) in enumerate(methods.items()):
        rows = table[table["method"] == method]
        style = {"fmt": look.marker, "color": look.colour}
        place = np.arange(len(names)) + 0.6 * ((i + 0.5) / len(methods) - 0.5)
        scale = SHOWN * PER_CENT * rows["value"]
        left.errorbar(scale * rows["slope"], place, xerr=scale * rows["slope_err"], **style)
        errors = rows["systematic_err"]
        right.errorbar(rows["systematic"], place, xerr=errors, label=method, **style)
        statistical = rows["cosine_distance_err"].iloc[0]
        right.plot([statistical], [place[names.index(ALL)]], "|", color=look.colour, markersize=12)
    right.plot([], [], "|", color="0.3", markersize=12, label="statistical error")
    left.axvline(0, color="black", linestyle="--", linewidth=0.8)
    left.set_yticks(range(len(names)), [name.replace("_", " ") for name in names], fontsize=7)
    left.invert_yaxis()
    left.set(title="slope of the cosine distance", xlabel="$10^{-3}$ for 1 % of the parameter")
    right.set(title="its systematic error", xlabel="cosine distance", xscale="log")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_response_sensitivity(read_table(inputs["table"][0]))
