"""Median significance of the search in images as a function of exposure."""

from collections.abc import Sequence
from itertools import product

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import PAGE_INCH, mark_levels
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.config.images import ImageSearch
from pipeline.xenon.figures.looks import LOOKS, NAMES, mark_outnumbered, sigma_levels
from pipeline.xenon.xenon1t.losses import EVENTS


def draw_exposures(
    table: pd.DataFrame, wimps: Sequence[Wimp], levels_sigma: Sequence[float]
) -> Figure:
    """A panel for each WIMP, a curve for each test; extrapolated values have open markers.

    Dashed: the search in events without an S1. Values at exposures with more background than
    simulated events are crossed out. `table` has rows of
    `statistics.excess.search.significances` for both kinds of `events`.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.0))
    axes = figure.subplots(1, len(wimps), sharex=True, sharey=True, squeeze=False)[0]
    for axis, wimp in zip(axes, wimps, strict=True):
        own = table[
            (table["mass_GeV"] == wimp.mass_GeV)
            & (table["cross_section_cm2"] == wimp.cross_section_cm2)
        ]
        for (flag, events), (test, look) in product(EVENTS.items(), LOOKS.items()):
            chosen = (own["events"] == events) & (own["test"] == test)
            rows = own[chosen].sort_values("exposure_t_yr")
            axis.plot(
                rows["exposure_t_yr"],
                rows["significance"],
                linestyle="--" if flag == "s2_only" else "-",
                color=look.colour,
                label=NAMES[test].replace("TS", "the loss") if flag == "triggered" else None,
            )
            for extrapolated, face in ((False, look.colour), (True, "white")):
                some = rows[rows["extrapolated"] == extrapolated]
                axis.plot(
                    some["exposure_t_yr"],
                    some["significance"],
                    look.marker,
                    color=look.colour,
                    markerfacecolor=face,
                )
        mark_outnumbered(axis, own)
        mark_levels(axis, sigma_levels(levels_sigma))
        axis.set(xscale="log", xlabel="exposure [t yr]")
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_title(f"{wimp.mass_GeV:g} GeV, {wimp.cross_section_cm2:g} cm$^2$", fontsize=9)
    axes[0].set(ylabel=r"median significance [$\sigma$]", ylim=(-0.5, 1.6 * max(levels_sigma)))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    search = ImageSearch.model_validate(params["search"])
    return draw_exposures(read_tables(inputs["table"]), search.wimps, search.levels_sigma)
