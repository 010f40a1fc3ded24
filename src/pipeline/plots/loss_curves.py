"""Training and validation loss against the number of events seen."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.plots.style import COLUMN_INCH, colour_of

YLABEL = {"rcn": r"cosine distance $1-\cos\theta$", "hcn": "negative log-likelihood"}


def draw_loss_curves(histories: dict[str, pd.DataFrame], architectures: dict[str, str]) -> Figure:
    """One panel a network, from the history tables of the trainer."""
    figure = Figure(figsize=(COLUMN_INCH * len(histories), 2.8))
    axes = figure.subplots(1, len(histories), squeeze=False)[0]
    colours = colour_of(["training", "validation"])
    for axis, (name, history) in zip(axes, histories.items(), strict=True):
        for column, colour in colours.items():
            axis.plot(
                history["events_seen"], history[f"{column}_loss"], "o-", color=colour, label=column
            )
        best = history[history["best"]]
        axis.plot(
            best["events_seen"], best["validation_loss"], "k*", markersize=9, label="weights kept"
        )
        axis.set(title=name, xlabel="events seen", ylabel=YLABEL.get(architectures[name], "loss"))
        axis.legend()
    return figure
