"""Map of the fitted gains of all pixels, and their distribution."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import PAGE_INCH


def draw_gain_map(table: pd.DataFrame) -> Figure:
    """The pixels on the left, the distribution of gains and of their errors on the right.

    Args:
        table: that of `response.gain_map.GainMap.table`.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.0), layout="constrained")
    axis, right = figure.subplots(1, 2, width_ratios=(1.6, 1))
    shape = (table["pixel_x"].max() + 1, table["pixel_y"].max() + 1)
    gains = np.full(shape, np.nan)
    gains[table["pixel_x"], table["pixel_y"]] = table["gain"]
    image = axis.imshow(gains.T, origin="lower", cmap="viridis")
    axis.set(xlabel="pixel along x", ylabel="pixel along y")
    figure.colorbar(image, ax=axis, label="gain")
    known = table.dropna(subset="gain")
    right.hist(known["gain"], bins="auto", histtype="step")
    right.set(xlabel="gain", ylabel="pixels")
    first = table.to_dict("records")[0]
    right.set_title(
        f"{first['events']} events\n"
        f"rms {known['gain'].std():.3g}, median error {known['gain_err'].median():.2g}\n"
        f"$\\chi^2$ = {first['chi2']:.0f} of {first['degrees_of_freedom']}, "
        f"p = {first['p_value']:.2g}",
        fontsize=8,
    )
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_gain_map(read_table(inputs["table"][0]))
