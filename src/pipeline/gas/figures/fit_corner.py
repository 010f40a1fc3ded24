"""Errors of the fitted response in pairs of parameters: ellipses of 1 and 2 sigma."""

from itertools import product

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, PAGE_INCH

SIGMAS = (1, 2)
SHOWN_SIGMAS = 2.8  # on both sides of a fitted value
POINTS = 100
# Of the parameters whose names do not say it, by their beginnings.
UNITS = {"diffusion.constant": r"$\mu$m", "diffusion.": r"$\mu$m/cm$^{1/2}$"}


def ellipse(first_err: float, second_err: float, correlation: float) -> np.ndarray:
    """Points [2, 100] of the ellipse of 1 sigma about 0: chi-squared is 1 above its minimum."""
    angle = np.linspace(0, 2 * np.pi, POINTS)
    across = correlation * np.cos(angle) + np.sqrt(1 - correlation**2) * np.sin(angle)
    return np.stack([first_err * np.cos(angle), second_err * across])


def draw_fit_corner(parameters: pd.DataFrame, correlation: pd.DataFrame) -> Figure:
    """A panel for each pair of parameters, and the density of each one on the diagonal.

    Args:
        parameters: table of `response.fit.Fit.table`.
        correlation: table of `response.fit.Fit.correlation_table`.
    """
    k = len(parameters)
    side = min(PAGE_INCH, 1.0 + 1.6 * k)
    figure = Figure(figsize=(side, side), layout="constrained")
    panels = figure.subplots(k, k, squeeze=False, sharex="col")
    numbers = parameters[["parameter", "value", "value_err"]].itertuples(index=False)
    names, values, errors = zip(*numbers, strict=True)
    pairs = correlation[["parameter", "other", "correlation"]].itertuples(index=False)
    known = {(first, second): value for first, second, value in pairs}
    for row, column in product(range(k), repeat=2):
        axis: Axes = panels[row, column]
        if column > row:
            axis.set_axis_off()
            continue
        axis.set_xlim(*_shown(values[column], errors[column]))
        axis.xaxis.set_major_locator(MaxNLocator(3))
        if row == k - 1:
            axis.set_xlabel(_label(names[column]))
            axis.tick_params(axis="x", rotation=45)
        else:
            axis.tick_params(labelbottom=False)
        if column == row:
            _draw_density(axis, values[row], errors[row])
            continue
        axis.set_ylim(*_shown(values[row], errors[row]))
        axis.yaxis.set_major_locator(MaxNLocator(3))
        middle = np.array([[values[column]], [values[row]]])
        one = ellipse(errors[column], errors[row], known[names[column], names[row]])
        for sigma in SIGMAS:
            axis.plot(*(middle + sigma * one), color=COLOURS[0])
        axis.plot(*middle, "+", color=COLOURS[0])
        if column == 0:
            axis.set_ylabel(_label(names[row]))
        else:
            axis.tick_params(labelleft=False)
    return figure


def _draw_density(axis: Axes, value: float, error: float) -> None:
    x = np.linspace(-SHOWN_SIGMAS, SHOWN_SIGMAS, POINTS)
    axis.plot(value + error * x, np.exp(-(x**2) / 2), color=COLOURS[0])
    axis.axvspan(value - error, value + error, color="0.85", zorder=0)
    axis.set_yticks([])


def _shown(value: float, error: float) -> tuple[float, float]:
    return value - SHOWN_SIGMAS * error, value + SHOWN_SIGMAS * error


def _label(name: str) -> str:
    unit = next((f" [{unit}]" for start, unit in UNITS.items() if name.startswith(start)), "")
    return name.replace(".", f"{unit}\n", 1).replace("_", " ")


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_fit_corner(*(read_table(inputs[n][0]) for n in ("parameters", "correlation")))
