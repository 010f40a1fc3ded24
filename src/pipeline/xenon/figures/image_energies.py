"""Resolution, bias and coverage of recoil energies that are found from images."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH
from pipeline.xenon.xenon1t.regression import ONE_SIGMA

_NAMES = {"ER": "electronic recoils", "NR": "nuclear recoils"}
_ROWS = {"resolution": "resolution [%]", "bias": "bias [%]", "coverage": "coverage [%]"}


def draw_energies(table: pd.DataFrame) -> Figure:
    """A column for each recoil, a row for each quality, a curve for each kind of inputs.

    `table` is a table of `xenon1t.regression.energy_table`.
    """
    figure = Figure(figsize=(PAGE_INCH, 6.2))
    axes = figure.subplots(len(_ROWS), len(_NAMES), sharex="col", sharey="row")
    for column, (recoil, title) in zip(axes.T, _NAMES.items(), strict=True):
        own = table[table["recoil"] == recoil]
        for i, (inputs, every) in enumerate(own.groupby("inputs", sort=False)):
            rows = every.iloc[1:]  # the first one is that of all energies
            middle = (rows["low_keV"] * rows["high_keV"]) ** 0.5
            for axis, name in zip(column, _ROWS, strict=True):
                axis.errorbar(
                    middle,
                    100 * rows[name],
                    100 * rows[f"{name}_err"],
                    fmt=f"{MARKERS[i]}-",
                    color=COLOURS[i],
                    label=inputs,
                )
        column[0].set(title=title, xscale="log", ylim=(0, None))
        column[1].axhline(0, color="0.4", linewidth=1)
        column[2].axhline(100 * ONE_SIGMA, color="0.4", linestyle=":", linewidth=1)
        column[2].set_xlabel("true energy [keV]")
        column[2].xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        column[2].xaxis.set_major_formatter("{x:g}")
        column[2].xaxis.set_minor_formatter(NullFormatter())
    for axis, label in zip(axes[:, 0], _ROWS.values(), strict=True):
        axis.set_ylabel(label)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_energies(read_tables(inputs["table"]))
