"""Pulls of the mean summaries of measured events before and after the fit of the response."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, PAGE_INCH

LINEAR_PULL = 3.0
COLUMNS = ["parameter", "start", "value", "value_err"]


def draw_detector_fit(parameters: pd.DataFrame, moments: pd.DataFrame) -> Figure:
    """Pulls of all summaries on the left, the fitted parameters on the right.

    Args:
        parameters: table of `response.fit.Fit.table`.
        moments: table `moments` of `response.fit.Fit`.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.4))
    axis, text = figure.subplots(1, 2, width_ratios=(1.4, 1))
    rows = np.arange(len(moments))
    for column, label, fill in (("pull_before", "before", "none"), ("pull_after", "after", None)):
        axis.plot(
            moments[column],
            rows,
            "o",
            color=COLOURS[0],
            markerfacecolor=fill or COLOURS[0],
            label=f"{label} the fit",
        )
    axis.axvspan(-1, 1, color="0.85", zorder=0)
    axis.set_xscale("symlog", linthresh=LINEAR_PULL)
    axis.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axis.set_yticks(rows, moments["summary"].str.replace("_", " "), fontsize=7)
    axis.invert_yaxis()
    axis.set(xlabel="(data - simulation) / error")
    axis.legend(loc="best")
    first = parameters.iloc[0]
    lines = [
        f"{name}\n    {_with_error(value, error)}, from {start:.4g}"
        for name, start, value, error in parameters[COLUMNS].itertuples(index=False)
    ]
    lines += [
        "",
        f"$\\chi^2$ = {first['chi2']:.1f} of {first['degrees_of_freedom']}, "
        f"p = {first['p_value']:.2g}",
        f"{first['events']} events",
    ]
    text.set_axis_off()
    text.text(0, 1, "\n".join(lines), va="top", fontsize=8, transform=text.transAxes)
    return figure


def _with_error(value: float, error: float) -> str:
    """A value to the second digit of its error."""
    digits = max(0, 1 - int(np.floor(np.log10(error)))) if error > 0 else 4
    return f"{value:.{digits}f} $\\pm$ {error:.{digits}f}"


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_detector_fit(*(read_table(inputs[name][0]) for name in ("parameters", "moments")))
