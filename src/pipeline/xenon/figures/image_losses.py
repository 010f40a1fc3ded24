"""Loss of the autoencoder for electronic recoils, WIMPs and pseudo-data."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import PAGE_INCH
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.config.images import ImageSearch
from pipeline.xenon.figures.recoils import COLOUR, WIMP_COLOURS

_LABEL = "loss of the autoencoder"


def draw_losses(
    table: pd.DataFrame, mass_GeV: float, injected: Wimp, exposure_t_yr: float
) -> Figure:
    """Left: test samples. Right: one experiment with `injected` WIMPs, and its pulls below.

    Args:
        table: a table of `xenon1t.losses.loss_table`.
        mass_GeV: mass of the WIMPs on the left.
        injected: WIMP of the pseudo-data.
        exposure_t_yr: exposure of the pseudo-data.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.8))
    axes = figure.subplot_mosaic([["left", "right"], ["left", "pulls"]], height_ratios=[3, 1])
    left, right, pulls = axes["left"], axes["right"], axes["pulls"]
    _draw(left, table, "er", color=COLOUR["ER"], label="electronic recoils")
    _draw(left, table, "wimp", color=WIMP_COLOURS[1], label=f"WIMPs of {mass_GeV:g} GeV")
    left.set(yscale="log", xlabel=_LABEL, ylabel="share of events per bin", ylim=(1e-4, None))
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    _draw(right, table, "background", color=COLOUR["ER"], label="background")
    _draw(
        right,
        table,
        "signal",
        color=WIMP_COLOURS[1],
        label=f"WIMP {injected.mass_GeV:g} GeV, {injected.cross_section_cm2:g} cm$^2$",
    )
    data, error = table["pseudo_data"], table["pseudo_data_err"]
    filled = data > 0
    right.errorbar(
        _centres(table)[filled],
        data[filled],
        error[filled],
        fmt="o",
        color="k",
        markersize=3,
        label=f"pseudo-data with both, {exposure_t_yr:g} t yr",
    )
    right.set(yscale="log", ylabel="events per bin", ylim=(1e-2, None))
    right.tick_params(labelbottom=False)
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    _draw_pulls(pulls, table)
    pulls.sharex(right)
    pulls.set_xlabel(_LABEL)
    return figure


def _draw(axis: Axes, table: pd.DataFrame, name: str, **look: Any) -> None:
    edges = np.append(table["low"], table["high"].iloc[-1])
    axis.stairs(table[name], edges, **look)
    axis.errorbar(
        _centres(table), table[name], table[f"{name}_err"], fmt="none", color=look["color"]
    )


def _draw_pulls(axis: Axes, table: pd.DataFrame) -> None:
    expected = table["background"].to_numpy()
    # With fewer expected events, the fluctuation is not Gaussian.
    some = expected >= 1
    pull = (table["pseudo_data"][some] - expected[some]) / np.sqrt(expected[some])
    axis.axhline(0, color="0.4", linewidth=1)
    axis.errorbar(
        _centres(table)[some],
        pull,
        table["pseudo_data_err"][some] / np.sqrt(expected[some]),
        fmt="o",
        color="k",
        markersize=3,
    )
    axis.set_ylabel("pull")


def _centres(table: pd.DataFrame) -> NDArray[np.float64]:
    return (0.5 * (table["low"] + table["high"])).to_numpy()


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    search = ImageSearch.model_validate(params["search"])
    table = read_tables(inputs["losses"])
    return draw_losses(table, params["mass_GeV"], search.wimps[0], search.shown_exposure_t_yr)
