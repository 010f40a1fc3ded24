"""Significance of the benchmark WIMP against the weight R of the classifier's term."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLUMN_INCH
from pipeline.xenon.figures.looks import LOOKS, NAMES
from pipeline.xenon.rates.choices import AT_MEAN, DRAWN


def draw_ratios(table: pd.DataFrame) -> Figure:
    """A curve for each test, of a table of `xenon.rates.choices.ratios_table`.

    Open markers: TS with a drawn z. The dashed line is the chosen R. The axis is linear below the
    least R that is not zero.
    """
    figure = Figure(figsize=(1.3 * COLUMN_INCH, 3.4))
    axis = figure.subplots()
    for test, rows in table.groupby("test"):
        look, by_z = LOOKS[str(test)], dict(list(rows.sort_values("ratio").groupby("z")))
        at_mean, drawn = by_z[AT_MEAN], by_z[DRAWN]
        axis.errorbar(
            at_mean["ratio"],
            at_mean["significance"],
            at_mean["significance_err"],
            fmt=f"-{look.marker}",
            color=look.colour,
            label=NAMES[str(test)],
        )
        axis.plot(
            drawn["ratio"],
            drawn["significance"],
            look.marker,
            color=look.colour,
            markersize=8,
            markerfacecolor="none",
        )
    chosen = table.loc[table["chosen"], "ratio"].iloc[0]
    axis.axvline(chosen, color="k", linestyle="--", linewidth=1, label="R of the search")
    positive = table.loc[table["ratio"] > 0, "ratio"]
    least = float(positive.min()) if len(positive) else 1.0
    axis.set_xscale("symlog", linthresh=least)
    axis.set(xlim=(-0.3 * least, max(least, 1.5 * table["ratio"].max())))
    axis.set(xlabel="weight R of the classifier's term")
    axis.set(ylabel=r"significance by moments [$\sigma$]")
    figure.legend(loc="outside lower center", ncols=2, fontsize=7)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_ratios(read_tables(inputs["table"]))
