"""Significance of the benchmark WIMP against the uncertainty of the background."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLUMN_INCH
from pipeline.statistics.excess.nuisance import COMMON, COMPONENTS, NOTHING
from pipeline.xenon.figures.looks import LOOKS, NAMES

_APART = 0.5  # of a search that knows all, left of an uncertainty of zero


def draw_uncertainty(table: pd.DataFrame) -> Figure:
    """A curve for each test, of a table of `statistics.excess.nuisance.against_uncertainty`.

    Large open markers are the uncertainties of the config's components, small ones, on the left, a
    search whose rates and response are known.
    """
    figure = Figure(figsize=(1.3 * COLUMN_INCH, 3.2))
    axis = figure.subplots()
    for test, rows in table.groupby("test"):
        look = LOOKS[str(test)]
        for kind, style in (
            (COMMON, {"fmt": f"-{look.marker}", "label": NAMES[str(test)]}),
            (NOTHING, {"fmt": look.marker, "markersize": 4, "markerfacecolor": "none"}),
            (COMPONENTS, {"fmt": look.marker, "markersize": 9, "markerfacecolor": "none"}),
        ):
            own = rows[rows["uncertainty_of"] == kind].sort_values("background_uncertainty")
            percent = 100 * own["background_uncertainty"]
            axis.errorbar(
                percent - _APART if kind == NOTHING else percent,
                own["significance"],
                own["significance_err"],
                color=look.colour,
                **style,
            )
    axis.set(xlabel="uncertainty of the background [%]", ylabel=r"median significance [$\sigma$]")
    axis.set(ylim=(0, None))
    common = 100 * table.loc[table["uncertainty_of"] == COMMON, "background_uncertainty"]
    shown = sorted({round(value, 6) for value in common})
    axis.set_xticks([-_APART, *shown], ["all\nknown", *(f"{value:g}" for value in shown)])
    figure.legend(loc="outside lower center", ncols=2, fontsize=7)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_uncertainty(read_tables(inputs["table"]))
