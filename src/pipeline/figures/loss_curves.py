"""Training and validation loss against the number of events seen."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLUMN_INCH, colour_of

_MOST_COLUMNS = 3


def draw_loss_curves(
    histories: dict[str, pd.DataFrame],
    labels: dict[str, str],
    published: Mapping[str, tuple[str, float]] | None = None,
) -> Figure:
    """One panel per network, from the trainer's history tables; `labels` name the losses.

    `published` has the name of a published network and its validation loss, by our network.
    """
    rows = -(-len(histories) // _MOST_COLUMNS)
    columns = -(-len(histories) // rows)
    figure = Figure(figsize=(COLUMN_INCH * columns, 2.8 * rows))
    axes = figure.subplots(rows, columns, squeeze=False).flat
    for axis in axes[len(histories) :]:
        axis.remove()
    colours = colour_of(["training", "validation"])
    for axis, (name, history) in zip(axes, histories.items(), strict=False):
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
        if published and name in published:
            whose, loss = published[name]
            label = f"validation of {whose}, published"
            axis.axhline(loss, color=colours["validation"], linestyle=":", label=label)
        axis.set(title=name, xlabel="events seen [thousands]", ylabel=labels[name])
        axis.legend()
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    labels = params["labels"]
    histories = dict(zip(labels, map(read_table, inputs["histories"]), strict=True))
    return draw_loss_curves(histories, labels, params.get("published"))
