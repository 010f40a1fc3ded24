"""Median significance over WIMP mass and cross-section at one exposure."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.config.xenon.search import WimpMap
from pipeline.inference.extended_poisson import ANOMALY, COUNTING, LIKELIHOOD_RATIO
from pipeline.plots.style import PAGE_INCH
from pipeline.plots.xenon_tests import NAMES

_SHOWN = (ANOMALY, COUNTING, LIKELIHOOD_RATIO)
_COLOURS = (0.0, 7.0)  # ends of the colour scale [sigma]
_HIGHEST = 38.0  # significance of the smallest p-value that is not zero [sigma]


def draw_map(table: pd.DataFrame, models: WimpMap, levels_sigma: Sequence[float]) -> Figure:
    """A panel for each test: colours, and contours at `levels_sigma`.

    `table` is of `inference.excess_search.significances`; `models` must be a grid.
    """
    at_exposure = table[table["exposure_t_yr"] == models.exposure_t_yr]
    figure = Figure(figsize=(PAGE_INCH, 3.0))
    axes = figure.subplots(1, len(_SHOWN), sharex=True, sharey=True)
    for axis, test in zip(axes, _SHOWN, strict=True):
        rows = at_exposure[at_exposure["test"] == test]
        grid = rows.pivot(index="cross_section_cm2", columns="mass_GeV", values="significance").loc[
            sorted(models.cross_sections_cm2), sorted(models.masses_GeV)
        ]
        # Before the contours, whose labels are placed on the axes as they are.
        axis.set(xscale="log", yscale="log", xlabel="WIMP mass [GeV]")
        axis.set_title(NAMES[test], fontsize=8)
        mesh = _draw_test(axis, grid, levels_sigma)
    axes[0].set_ylabel(r"cross-section [cm$^2$]")
    figure.colorbar(mesh, ax=axes, label=r"median significance [$\sigma$]", extend="max")
    figure.suptitle(f"{models.exposure_t_yr:g} t yr", fontsize=9)
    return figure


def _draw_test(axis: Axes, grid: pd.DataFrame, levels_sigma: Sequence[float]) -> QuadMesh:
    mass, cross_section = (np.asarray(side, float) for side in (grid.columns, grid.index))
    # Contours need numbers where p-values are too small to be one.
    significance = np.minimum(grid.to_numpy(), _HIGHEST)
    mesh = axis.pcolormesh(
        _edges(mass),
        _edges(cross_section),
        significance,
        vmin=_COLOURS[0],
        vmax=_COLOURS[1],
        cmap="Blues",
        rasterized=True,
    )
    lines = axis.contour(
        mass, cross_section, significance, levels=sorted(levels_sigma), colors="k", linewidths=1
    )
    axis.clabel(lines, fmt=r"%g$\sigma$", fontsize=6, inline_spacing=1)
    axis.grid(visible=False)
    return mesh


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of cells around rising `centres` (n,), half-way in the logarithm: (n + 1,)."""
    log = np.log(centres)
    middle = 0.5 * (log[1:] + log[:-1])
    return np.exp(np.concatenate([[2 * log[0] - middle[0]], middle, [2 * log[-1] - middle[-1]]]))
