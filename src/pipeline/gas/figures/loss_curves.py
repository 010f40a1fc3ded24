"""Training and validation loss against the number of events seen."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.figures.style import COLUMN_INCH, colour_of

LIKELIHOOD = "negative log-likelihood"
YLABEL = {"rcn": r"cosine distance $1-\cos\theta$", "hcn": LIKELIHOOD, "unet": LIKELIHOOD}


def draw_loss_curves(histories: dict[str, pd.DataFrame], architectures: dict[str, str]) -> Figure:
    """One panel a network, from the history tables of the trainer."""
    figure = Figure(figsize=(COLUMN_INCH * len(histories), 2.8))
    axes = figure.subplots(1, len(histories), squeeze=False)[0]
    colours = colour_of(["training", "validation"])
    for axis, (name, history) in zip(axes, histories.items(), strict=True):
        thousands = history["events_seen"] / 1e3
        for column, colour in colours.items():
            axis.plot(thousands, history[f"{column}_loss"], "o-", color=colour, label=column)
        best = history["best"]
        axis.plot(
            thousands[best],
            history.loc[best, "validation_loss"],
            "k*",
            markersize=9,
            label="weights kept",
        )
        axis.set(title=name, xlabel="events seen [thousands]", ylabel=YLABEL[architectures[name]])
        axis.legend()
    return figure
