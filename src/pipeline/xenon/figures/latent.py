"""Recoils in the latent space of the autoencoder, coloured by true energy."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import PAGE_INCH

_MOST_POINTS = 3000


def draw_latent(scores: dict[str, pd.DataFrame]) -> Figure:
    """A panel for each kind of recoil, in the two latent dimensions with the largest spread.

    Args:
        scores: tables of scores of triggered events by name. Their `latent_mean` has two or more
            dimensions; the spread in the first table selects the two that are drawn.
    """
    latent = {name: np.stack(table["latent_mean"].to_list()) for name, table in scores.items()}
    across, up = _widest(next(iter(latent.values())))
    highest = max(table["energy_keV"].max() for table in scores.values())
    figure = Figure(figsize=(PAGE_INCH, 3.1))
    axes = figure.subplots(1, len(scores), sharex=True, sharey=True, squeeze=False)[0]
    for axis, (name, table) in zip(axes, scores.items(), strict=True):
        some = slice(0, _MOST_POINTS)
        points = axis.scatter(
            latent[name][some, across],
            latent[name][some, up],
            c=table["energy_keV"][some],
            s=4,
            linewidths=0,
            cmap="viridis",
            vmin=0,
            vmax=highest,
            rasterized=True,
        )
        axis.set(title=name, xlabel=f"mean of latent dimension {across + 1}")
    axes[0].set_ylabel(f"mean of latent dimension {up + 1}")
    figure.colorbar(points, ax=axes, label="true energy [keV]")
    return figure


def _widest(latent: NDArray[np.float64]) -> tuple[int, int]:
    """The two columns with the largest standard deviations, in descending order."""
    first, second = np.argsort(-latent.std(axis=0), kind="stable")[:2]
    return int(first), int(second)


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    scores = {}
    for name, label in (("er", "electronic recoils"), ("nr", "nuclear recoils")):
        columns = ["energy_keV", "triggered", "latent_mean"]
        table = pd.concat(pd.read_parquet(path, columns=columns) for path in inputs[name])
        scores[label] = table[table["triggered"]]
    return draw_latent(scores)
