"""Histograms of the scores of all test samples, for each network."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params
from pipeline.emulsion.figures.looks import lines_of
from pipeline.emulsion.networks.prediction import read_predictions
from pipeline.figures.style import PAGE_INCH, panels

_BINS = 50


def draw_scores(scores: Mapping[str, pd.DataFrame], published_names: Mapping[str, str]) -> Figure:
    """A panel for each network: predictions with columns sample and logit.

    `published_names` are the samples' names in the published numbers, which share a colour.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.2 * -(-len(scores) // 2)))
    axes = panels(figure, len(scores))
    for axis, (network, table) in zip(axes, scores.items(), strict=True):
        edges = np.linspace(table["logit"].min(), table["logit"].max(), _BINS + 1).tolist()
        looks = lines_of(list(table["sample"].unique()), published_names)
        for name, rows in table.groupby("sample", sort=False):
            look = looks[str(name)]
            axis.hist(rows["logit"], edges, density=True, histtype="step", label=str(name), **look)
        axis.set(yscale="log", xlabel="logit of signal", title=f"network '{network}'")
    axes[0].set_ylabel("density")
    axes[-1].legend(fontsize=7, ncols=2)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    columns = ["sample", "logit"]
    paths = zip(params["networks"], inputs["predictions"], strict=True)
    scores = {name: read_predictions([path], columns) for name, path in paths}
    return draw_scores(scores, params["published_names"])
