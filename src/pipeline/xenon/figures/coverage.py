"""False-positive rates of the tests of the search."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLUMN_INCH
from pipeline.statistics.excess.coverage import RATES_DRAWN
from pipeline.xenon.figures.looks import LOOKS, NAMES


def draw_coverage(table: pd.DataFrame) -> Figure:
    """False-positive rate over nominal at each level, for a table of `statistics.excess.coverage`.

    Rates of zero are drawn at the lower end of the axis, without errors; missing ones are not.
    Open markers: expected rates of the background are drawn from their uncertainties.
    """
    figure = Figure(figsize=(1.3 * COLUMN_INCH, 3.2))
    axis = figure.subplots()
    lowest = 0.1
    tests = sorted(set(table["test"]))
    for (test, kind), rows in table.groupby(["test", "rates"]):
        look, ratio = LOOKS[str(test)], rows["ratio"].to_numpy()
        drawn = kind == RATES_DRAWN
        error = rows["ratio_err"].to_numpy()
        axis.errorbar(
            rows["level_sigma"] + 0.08 * (tests.index(str(test)) - 1.5) + 0.03 * drawn,
            np.maximum(ratio, lowest),
            [np.minimum(error, np.maximum(ratio - lowest, 0)), error],
            fmt=look.marker,
            color=look.colour,
            markerfacecolor="white" if drawn else look.colour,
            label=None if drawn else NAMES[str(test)],
        )
    axis.axhline(1, color="k", linewidth=1)
    axis.axhspan(0.9, 1.1, color="k", alpha=0.1, linewidth=0)
    axis.set(yscale="log", ylim=(0.9 * lowest, None))
    axis.set(xlabel=r"level [$\sigma$]", ylabel="false positives over nominal")
    axis.set_xticks(sorted(set(table["level_sigma"])))
    axis.legend(loc="upper left", fontsize=7)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_coverage(read_tables(inputs["table"]))
