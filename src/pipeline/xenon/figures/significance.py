"""Median significance of the search as a function of exposure, after arXiv 2410.00755."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import PAGE_INCH, mark_levels
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.figures.looks import LOOKS, NAMES, PUBLISHED, mark_outnumbered, sigma_levels
from pipeline.xenon.published import SIGNIFICANCE


def draw_significance(table: pd.DataFrame, wimp: Wimp, levels_sigma: Sequence[float]) -> Figure:
    """A curve for each test.

    Args:
        table: a table of `statistics.excess.search.significances`; extrapolated values have open
            markers, those of more background than simulated events are crossed out.
        wimp: the model that is drawn. The published value is drawn if it is for the same model.
        levels_sigma: significances to mark.
    """
    figure = Figure(figsize=(0.75 * PAGE_INCH, 3.6))
    axis = figure.subplots()
    same = (table["mass_GeV"] == wimp.mass_GeV) & (
        table["cross_section_cm2"] == wimp.cross_section_cm2
    )
    for test, rows in table[same].groupby("test"):
        _draw_test(axis, rows.sort_values("exposure_t_yr"), str(test))
    if wimp == SIGNIFICANCE.wimp:
        axis.plot(
            SIGNIFICANCE.exposure_t_yr,
            SIGNIFICANCE.significance,
            PUBLISHED.marker,
            color=PUBLISHED.colour,
            markersize=12,
            markerfacecolor="none",
            label=f"{SIGNIFICANCE.source}, about",
        )
    mark_levels(axis, sigma_levels(levels_sigma))
    axis.set(xlabel="exposure [t yr]", ylabel=r"median significance [$\sigma$]")
    axis.set(xlim=(0, None), title=f"{wimp.mass_GeV:g} GeV, {wimp.cross_section_cm2:g} cm$^2$")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def _draw_test(axis: Axes, rows: pd.DataFrame, test: str) -> None:
    look = LOOKS[test]
    exposure, significance = rows["exposure_t_yr"], rows["significance"]
    axis.plot(exposure, significance, color=look.colour)
    for beyond, face in ((False, look.colour), (True, "white")):
        chosen = rows["extrapolated"] == beyond
        axis.errorbar(
            exposure[chosen],
            significance[chosen],
            rows["significance_err"][chosen],
            fmt=look.marker,
            color=look.colour,
            markerfacecolor=face,
        )
    mark_outnumbered(axis, rows)
    axis.plot([], [], f"-{look.marker}", color=look.colour, label=NAMES[test])


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    wimp = Wimp.model_validate(params["benchmark"])
    return draw_significance(read_tables(inputs["table"]), wimp, params["levels_sigma"])
