"""Events and exposure that a directional test for WIMPs needs, against mass."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH
from pipeline.statistics.directional.planar import AXIS
from pipeline.statistics.directional.sensitivity import ABOVE_GRID, BELOW_GRID

_LIMITS = {ABOVE_GRID: "^", BELOW_GRID: "v"}
PANELS = {
    "signal_events": "selected WIMP recoils",
    "exposure_kg_yr": "exposure [kg yr]",
}


def draw_needed(table: pd.DataFrame, level: str, fractions: list[float]) -> Figure:
    """Left: events, right: exposure; a colour for each kind of directions, dashes for purity.

    Columns of `wimps.needed.NEEDED`. Open triangles are limits.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.6))
    shown = table[(table["level"] == level) & (table["statistic"] == AXIS)]
    for axis, (column, label) in zip(figure.subplots(1, 2), PANELS.items(), strict=True):
        for place, kind in enumerate(shown["directions"].unique()):
            for style, fraction in zip(("-", "--"), fractions, strict=False):
                rows = shown[(shown["directions"] == kind) & (shown["signal_fraction"] == fraction)]
                name = f"{kind}, purity {fraction:g}"
                look = {"color": COLOURS[place], "linestyle": style, "label": name}
                _draw(axis, rows.sort_values("mass_GeV"), column, MARKERS[place], look)
        axis.set(xscale="log", yscale="log", xlabel="mass of the WIMP [GeV]", ylabel=label)
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=7, handlelength=4)
    return figure


def _draw(axis: Axes, rows: pd.DataFrame, column: str, marker: str, look: dict[str, Any]) -> None:
    rows = rows[rows[column].notna()]
    axis.errorbar(
        rows["mass_GeV"], rows[column], rows[f"{column}_err"].fillna(0), marker=marker, **look
    )
    for beyond, sign in _LIMITS.items():
        limits = rows[rows["beyond"] == beyond]
        axis.plot(
            limits["mass_GeV"], limits[column], sign, color=look["color"], mfc="white", zorder=3
        )


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_needed(read_table(inputs["table"][0]), params["level"], params["fractions"])
