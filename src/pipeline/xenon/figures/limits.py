"""Upper limits on the cross-section against WIMP mass, beside the reach of a discovery."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.xenon.config.search import WimpMap
from pipeline.xenon.figures.looks import LOOKS
from pipeline.xenon.figures.map import draw_contours, draw_published, grid_of, panels

_OPACITY = {2: 0.15, 1: 0.3}  # of the bands, by their half-width [sigma]


def draw_limits(
    limits: pd.DataFrame,
    significances: pd.DataFrame,
    models: WimpMap,
    levels_sigma: Sequence[float],
) -> Figure:
    """A panel for each test: median limit with its bands, dotted contours of discovery.

    `limits` is a table of `statistics.excess.limits.upper_limits`, `significances` one of
    `statistics.excess.search.significances`; `models` must be a grid. Masses without a limit are
    left out. Open markers: medians that need more simulated electronic recoils.
    """
    figure, axes = panels()
    for test, axis in axes.items():
        published = draw_published(axis)
        _draw_bands(axis, limits[limits["test"] == test], LOOKS[test].colour)
        lines = draw_contours(axis, grid_of(significances, models, test), levels_sigma)
        lines.set_linestyle(":")
    row = limits.iloc[0]
    figure.legend(handles=published, loc="outside lower center", ncols=3, fontsize=7)
    figure.suptitle(
        f"limits at {100 * row['confidence_level']:g} % CL, {row['exposure_t_yr']:g} t yr",
        fontsize=9,
    )
    return figure


def _draw_bands(axis: Axes, limits: pd.DataFrame, colour: str) -> None:
    found = limits[limits["beyond"] == "no"]
    curves = found.pivot(index="mass_GeV", columns="band_sigma", values="cross_section_cm2")
    for width, opacity in _OPACITY.items():
        band = curves[[-width, width]].dropna()
        axis.fill_between(
            band.index, band[-width], band[width], color=colour, alpha=opacity, linewidth=0
        )
    axis.plot(curves.index, curves[0], color=colour)
    marked = found[(found["band_sigma"] == 0) & (found["events_needed"] > 0)]
    axis.plot(
        marked["mass_GeV"], marked["cross_section_cm2"], "o", color=colour, markerfacecolor="white"
    )


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_limits(
        read_tables(inputs["limits"]),
        read_tables(inputs["table"]),
        WimpMap.model_validate(params["map"]),
        params["levels_sigma"],
    )
