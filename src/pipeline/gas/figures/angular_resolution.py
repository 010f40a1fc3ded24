"""Distribution of the angle between true and predicted direction."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import PAGE_INCH
from pipeline.gas.figures.methods import TRUE_HEAD_TAIL, looks

COLUMNS = 4


def draw_angular_resolution(angles: pd.DataFrame) -> Figure:
    """For each test set: density of the angle (top), share of events below it (bottom).

    Rows of these pairs have at most COLUMNS test sets.

    Args:
        angles: test_set, method, angle_low_deg, angle_high_deg, events (predicted events only).
    """
    test_sets = list(angles["test_set"].unique())
    blocks = -(-len(test_sets) // COLUMNS)
    figure = Figure(figsize=(PAGE_INCH, 0.8 + 3.8 * blocks))
    columns = min(len(test_sets), COLUMNS)
    axes = figure.subplots(2 * blocks, columns, squeeze=False, sharex=True, sharey="row")
    pairs = axes.reshape(blocks, 2, columns).swapaxes(1, 2).reshape(-1, 2)  # one a test set
    look = looks(angles["method"].unique())
    for method, test_set in angles[["method", "test_set"]].drop_duplicates().to_numpy():
        table = angles[(angles["method"] == method) & (angles["test_set"] == test_set)]
        density, share = pairs[test_sets.index(test_set)]
        name = method.removesuffix(TRUE_HEAD_TAIL)
        style = {"color": look[name].colour, "linestyle": "-" if name == method else ":"}
        edges = np.append(table["angle_low_deg"], table["angle_high_deg"].iloc[-1])
        events = table["events"].to_numpy()
        total = events.sum()
        density.stairs(events / np.diff(edges) / total, edges, linewidth=1, label=method, **style)
        share.plot(edges, np.append(0, np.cumsum(events)) / total, linewidth=1, **style)
    for test_set, (density, share) in zip(test_sets, pairs, strict=False):
        density.set(title=test_set, xlim=(0, 180))
        share.axhline(0.68, color="0.4", linestyle="--", linewidth=0.8)
        share.set(xlabel=r"angle $\theta$ [deg]", ylim=(0, 1))
        share.xaxis.set_major_locator(MultipleLocator(60))
        share.tick_params(labelbottom=True)
    for axis in pairs[len(test_sets) :].flat:
        axis.remove()
    for density, share in pairs[::columns]:
        density.set_ylabel(r"density [deg$^{-1}$]")
        share.set_ylabel(r"share of events below $\theta$")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_angular_resolution(read_tables(inputs["angles"]))
