"""Rejection of background against the efficiency for signal."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.emulsion.figures.looks import lines_of
from pipeline.emulsion.published import INDEPENDENT_SCANS
from pipeline.figures.style import PAGE_INCH


def draw_rejection(table: pd.DataFrame, published_names: Mapping[str, str], goal: float) -> Figure:
    """A panel for each network and background, a curve with its 68 % band for each signal.

    `published_names` are the samples' names in the published numbers, which are open markers.
    """
    networks, backgrounds, signals = (
        list(table[column].unique()) for column in ("score", "background", "signal")
    )
    looks = lines_of(signals, published_names)
    height = 2.6 * len(networks) + 0.6
    figure = Figure(figsize=(PAGE_INCH, height))
    axes = figure.subplots(len(networks), len(backgrounds), sharex=True, sharey=True, squeeze=False)
    for row, network in zip(axes, networks, strict=True):
        for axis, background in zip(row, backgrounds, strict=True):
            own = table[(table["score"] == network) & (table["background"] == background)]
            _draw_curves(axis, own, looks)
            _draw_published(axis, published_names, background, looks)
            axis.axhline(goal, color="0.4", linestyle=":", linewidth=1)
            axis.set(yscale="log", xlim=(0, 1))
            axis.set_title(f"{network}, against {background}", fontsize=8)
        row[0].set_ylabel("rejection")
    for axis in axes[-1]:
        axis.set_xlabel("efficiency")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=7)
    return figure


def _draw_curves(axis: Axes, table: pd.DataFrame, looks: Mapping[str, Any]) -> None:
    for signal, rows in table.groupby("signal", sort=False):
        look = looks[str(signal)]
        axis.plot(rows["efficiency"], rows["rejection"], **look, label=str(signal))
        # Where nothing passes there is a lower limit only.
        high = rows["high"].fillna(rows["low"])
        axis.fill_between(
            rows["efficiency"], rows["low"], high, color=look["color"], alpha=0.2, linewidth=0
        )
        limits = rows[rows["passed"] == 0]
        axis.plot(limits["efficiency"], limits["low"], "^", color=look["color"], markersize=3)


def _draw_published(
    axis: Axes, names: Mapping[str, str], background: str, looks: Mapping[str, Any]
) -> None:
    for point in INDEPENDENT_SCANS:
        known = [s for s in looks if names.get(s) == f"C{point.energy_keV:g}"]
        if not known or names.get(background) != point.background:
            continue
        axis.errorbar(
            point.efficiency,
            point.rejection,
            xerr=point.efficiency_err,
            yerr=point.passing_err and point.passing_err * point.rejection**2,
            marker="s",
            color=looks[known[0]]["color"],
            markerfacecolor="white",
            linewidth=0.8,
        )


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    table = read_table(inputs["table"][0])
    return draw_rejection(table, params["published_names"], params["goal"])
