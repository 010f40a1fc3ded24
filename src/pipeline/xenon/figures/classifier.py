"""Separation of recoils by the classifier and the anomaly score."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLOURS, PAGE_INCH


def draw_classifier(roc: pd.DataFrame, accuracy: pd.DataFrame) -> Figure:
    """Left: ROC curves. Right: accuracy of the classifier as a function of true energy.

    `roc` is a table of `darwin.separation.roc_table`, `accuracy` one of
    `darwin.accuracy.accuracy_table`.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.6))
    left, right = figure.subplots(1, 2)
    _draw_roc(left, roc)
    _draw_accuracy(right, accuracy)
    return figure


def _draw_roc(axis: Axes, roc: pd.DataFrame) -> None:
    for colour, (score, curves) in zip(COLOURS, roc.groupby("score", sort=False), strict=False):
        for high, curve in curves.groupby("high_keV", sort=False):
            everything = np.isinf(float(str(high)))
            axis.plot(
                curve["nr_acceptance"],
                # Zero cannot be drawn on a logarithmic scale.
                curve["er_acceptance"].replace(0.0, np.nan),
                "-" if everything else "--",
                color=colour,
                label=f"{score}, " + ("all energies" if everything else f"below {high:g} keV"),
            )
    share = np.linspace(0.005, 1, 200)
    axis.plot(share, share, ":", color="0.4", linewidth=1, label="chance")
    axis.set(xlim=(0, 1), ylim=(1e-4, 1.2), yscale="log")
    axis.set(xlabel="share of nuclear recoils kept", ylabel="share of electronic recoils kept")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)


def _draw_accuracy(axis: Axes, accuracy: pd.DataFrame) -> None:
    # Bins only: the rows for several bins also start at zero.
    first = accuracy["high_keV"].min()
    bins = accuracy[(accuracy["low_keV"] > 0) | (accuracy["high_keV"] == first)]
    for colour, (name, rows) in zip(COLOURS[2:], bins.groupby("set", sort=False), strict=False):
        centre = 0.5 * (rows["low_keV"] + rows["high_keV"])
        axis.errorbar(
            centre,
            100 * rows["accuracy"],
            100 * rows["accuracy_err"],
            0.5 * (rows["high_keV"] - rows["low_keV"]),
            fmt="o",
            color=colour,
            label=str(name),
        )
    axis.axhline(50, color="0.4", linestyle=":", linewidth=1)
    axis.set(xlabel="true energy [keV]", ylabel="accuracy of the classifier [%]", ylim=(40, 102))
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_classifier(read_tables(inputs["roc"]), read_tables(inputs["accuracy"]))
