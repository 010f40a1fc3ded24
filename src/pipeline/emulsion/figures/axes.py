"""Error of measured axes of recoils."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.emulsion.axes.stage import NETWORK
from pipeline.emulsion.figures.looks import colour_of_ion
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH

CHANCE_DEG = 45.0
LEAST_CLUSTERS = 20


def draw_axes(table: pd.DataFrame, recoils: pd.DataFrame) -> Figure:
    """Left: median error of the network for recoils by element. Right: <cos 2 delta> by method.

    `table` has the axes of isotropic ions of a beam, `recoils` those of recoils; columns of
    `axes.stage.AXES`.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.2))
    left, right = figure.subplots(1, 2)
    network = recoils[(recoils["method"] == NETWORK) & (recoils["clusters"] >= LEAST_CLUSTERS)]
    for ion, rows in network.groupby("ion", sort=False):
        left.plot(
            rows["energy_keV"],
            rows["median_error_deg"],
            "o-",
            color=colour_of_ion(str(ion)),
            label=str(ion),
        )
    left.axhline(CHANCE_DEG, color="0.4", linestyle=":", linewidth=1)
    left.set(xscale="log", xlabel="energy [keV]", ylabel="median error of the axis [deg]")
    left.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    left.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    left.xaxis.set_minor_formatter(NullFormatter())
    left.set_ylim(0, 50)
    left.legend(ncols=3, title="recoils of", title_fontsize=8)
    _draw_methods(right, table if len(table) else recoils)
    return figure


def _draw_methods(axis: Axes, table: pd.DataFrame) -> None:
    shown = table[table["clusters"] >= LEAST_CLUSTERS]
    for place, (method, rows) in enumerate(shown.groupby("method", sort=False)):
        rows = rows.sort_values("energy_keV")
        axis.errorbar(
            rows["energy_keV"],
            rows["mean_cos_2"],
            rows["mean_cos_2_err"],
            fmt=f"{MARKERS[place]}-",
            color=COLOURS[place],
            label=str(method),
        )
    axis.set(xlabel="energy [keV]", ylabel=r"$\langle\cos 2\delta\rangle$")
    axis.set_ylim(bottom=0)
    axis.legend(title=", ".join(shown["ion"].unique()), title_fontsize=8)


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    table = read_table(inputs["table"][0])
    recoils = table["sample"].isin(params["recoils"])
    return draw_axes(table[~recoils], table[recoils])
