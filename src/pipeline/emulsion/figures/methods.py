"""Networks and observables compared: rejection against efficiency for each signal."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH, panels


def draw_methods(table: pd.DataFrame, background: str) -> Figure:
    """A panel for each signal, a curve for each score; a score of one point is a marker."""
    own = table[table["background"] == background]
    signals, scores = list(own["signal"].unique()), list(own["score"].unique())
    figure = Figure(figsize=(PAGE_INCH, 2.6 * -(-len(signals) // 2) + 0.5))
    axes = panels(figure, len(signals))
    for axis, signal in zip(axes, signals, strict=True):
        for place, score in enumerate(scores):
            rows = own[(own["signal"] == signal) & (own["score"] == score)]
            look = {"color": COLOURS[place % len(COLOURS)], "label": score}
            style = MARKERS[place % len(MARKERS)] if len(rows) == 1 else "-"
            below, above = rows["rejection"] - rows["low"], rows["high"] - rows["rejection"]
            errors = [below.fillna(0), above.fillna(0)] if len(rows) == 1 else None
            axis.errorbar(rows["efficiency"], rows["rejection"], errors, fmt=style, **look)
            if len(rows) > 1:
                high = rows["high"].fillna(rows["low"])
                band = {"color": look["color"], "alpha": 0.2, "linewidth": 0}
                axis.fill_between(rows["efficiency"], rows["low"], high, **band)
        axis.set(yscale="log", xlim=(0, 1), xlabel="efficiency")
        axis.set_title(f"{signal} against {background}", fontsize=8)
    for axis in axes[::2]:
        axis.set_ylabel("rejection")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=7)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_methods(read_tables(inputs["tables"]), params["background"])
