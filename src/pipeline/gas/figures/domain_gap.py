"""Energy distance of measured and simulated events against the number of measured ones."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, PAGE_INCH, few_decimal_ticks


def draw_domain_gap(growth: pd.DataFrame) -> Figure:
    """One panel for each kind of features: the distance, and the central 90 % of its null.

    Args:
        growth: second table of `comparison.domain_gap.domain_gap`.
    """
    groups = list(growth.groupby("quantity", sort=False))
    figure = Figure(figsize=(PAGE_INCH, 2.8))
    for axis, (name, table) in zip(
        figure.subplots(1, len(groups), squeeze=False)[0], groups, strict=True
    ):
        axis.fill_between(
            table["events"],
            table["null_low"],
            table["null_high"],
            color="0.8",
            label="90 % of equal samples",
        )
        axis.plot(table["events"], table["energy_distance"], "o-", color=COLOURS[0], label="data")
        axis.set(xscale="log", yscale="log", xlabel="measured events", title=name)
        few_decimal_ticks(axis)
        axis.set_xticks(table["events"], table["events"], rotation=60)
        axis.set_xticks([], minor=True)
    figure.axes[0].set_ylabel("energy distance")
    figure.axes[0].legend(loc="best")
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_domain_gap(read_table(inputs["growth"][0]))
