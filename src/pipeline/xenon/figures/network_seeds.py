"""Significance of the benchmark WIMP by networks of several seeds."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLUMN_INCH
from pipeline.xenon.figures.looks import LOOKS, NAMES
from pipeline.xenon.rates.choices import ENSEMBLE, MEAN, SPREAD


def draw_network_seeds(table: pd.DataFrame) -> Figure:
    """A point for each seed and test, of a table of `xenon.rates.choices.seeds_table`.

    The line and the band are mean and standard deviation over seeds; the open marker is the
    ensemble.
    """
    names = [name for name in table["networks"].unique() if name not in (MEAN, SPREAD)]
    places = {name: place for place, name in enumerate(names)}
    figure = Figure(figsize=(1.3 * COLUMN_INCH, 3.4))
    axis = figure.subplots()
    for test, rows in table.groupby("test"):
        look, found = LOOKS[str(test)], rows.set_index("networks")
        mean, spread = found.loc[[MEAN, SPREAD], "significance"]
        axis.axhline(mean, color=look.colour, linewidth=1)
        axis.axhspan(mean - spread, mean + spread, color=look.colour, alpha=0.15, linewidth=0)
        for name, place in places.items():
            axis.errorbar(
                place,
                found.loc[name, "significance"],
                found.loc[name, "significance_err"],
                fmt=look.marker,
                color=look.colour,
                markerfacecolor="white" if name == ENSEMBLE else look.colour,
                label=NAMES[str(test)] if place == 0 else None,
            )
    axis.set_xticks(list(places.values()), list(places), rotation=30, ha="right")
    axis.set(ylabel=r"significance by moments [$\sigma$]", ylim=(0, None))
    figure.legend(loc="outside lower center", ncols=2, fontsize=7)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_network_seeds(read_tables(inputs["table"]))
