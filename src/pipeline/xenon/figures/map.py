"""Median significance over WIMP mass and cross-section at one exposure."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLOURS, PAGE_INCH, Look
from pipeline.statistics.excess.extended_poisson import ANOMALY, COUNTING, LIKELIHOOD_RATIO, SHAPE
from pipeline.xenon.config.search import WimpMap
from pipeline.xenon.figures.looks import NAMES, PUBLISHED
from pipeline.xenon.published import LIMITS, SIGNIFICANCE

SHOWN = (ANOMALY, COUNTING, SHAPE, LIKELIHOOD_RATIO)
_COLOURS = (0.0, 7.0)  # ends of the colour scale [sigma]
_DARK = 4.0  # significance above which marks in cells are white [sigma]
_HIGHEST = 38.0  # significance of the smallest p-value above zero in double precision [sigma]
_EXPERIMENTS = {
    "XENON1T": Look(COLOURS[2], "v"),
    "XENONnT": Look(COLOURS[3], "^"),
    "LZ": Look(COLOURS[4], "D"),
    "DARWIN": Look(COLOURS[6], "s"),
}


def draw_map(table: pd.DataFrame, models: WimpMap, levels_sigma: Sequence[float]) -> Figure:
    """A panel for each test: colours, contours at `levels_sigma`, and published results.

    `table` is a table of `statistics.excess.search.significances`; `models` must be a grid. The
    axes include all published points, also those outside the grid. A cell has an asterisk where its
    significance is extrapolated, and a circle where it needs more simulated electronic recoils.
    """
    figure, axes = panels()
    for test, axis in axes.items():
        published = draw_published(axis)
        grid = grid_of(table, models, test)
        mesh = _draw_significance(axis, grid)
        _draw_marks(axis, _of_map(table, models, test))
        draw_contours(axis, grid, levels_sigma)
        axis.grid(visible=False)
    figure.colorbar(
        mesh, ax=list(axes.values()), label=r"median significance [$\sigma$]", extend="max"
    )
    figure.legend(handles=published, loc="outside lower center", ncols=3, fontsize=7)
    figure.suptitle(f"{models.exposure_t_yr:g} t yr", fontsize=9)
    return figure


def panels() -> tuple[Figure, dict[str, Axes]]:
    """A panel of masses and cross-sections for each test.

    Its scales are set before anything is drawn: the labels of contours are placed with them.
    """
    figure = Figure(figsize=(PAGE_INCH, 6.0))
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    axes = dict(zip(SHOWN, grid.flat, strict=True))
    for test, axis in axes.items():
        axis.set(xscale="log", yscale="log")
        axis.set_title(NAMES[test], fontsize=8)
    for axis in grid[-1]:
        axis.set_xlabel("WIMP mass [GeV]")
    for axis in grid[:, 0]:
        axis.set_ylabel(r"cross-section [cm$^2$]")
    return figure, axes


def grid_of(table: pd.DataFrame, models: WimpMap, test: str) -> pd.DataFrame:
    """Significances of a test by cross-section and mass, both rising.

    Where the p-value is 0 in double precision, the significance is infinite; contours need finite
    numbers.
    """
    rows = _of_map(table, models, test)
    grid = rows.pivot(index="cross_section_cm2", columns="mass_GeV", values="significance")
    return grid.clip(upper=_HIGHEST)


def _of_map(table: pd.DataFrame, models: WimpMap, test: str) -> pd.DataFrame:
    """Rows of a test and of the models of the map."""
    return table[
        (table["exposure_t_yr"] == models.exposure_t_yr)
        & (table["test"] == test)
        & table["mass_GeV"].isin(models.masses_GeV)
        & table["cross_section_cm2"].isin(models.cross_sections_cm2)
    ]


def _draw_marks(axis: Axes, rows: pd.DataFrame) -> None:
    """Asterisks and circles in the cells of a test that are marked in the table."""
    for marker, size, filled, chosen in (
        ("$*$", 12, True, rows["extrapolated"].astype(bool)),
        ("o", 40, False, rows["events_needed"] > 0),
    ):
        marked = rows[chosen]
        colours = np.where(marked["significance"] > _DARK, "white", "black").tolist()
        axis.scatter(
            marked["mass_GeV"],
            marked["cross_section_cm2"],
            size,
            marker=marker,
            linewidths=0 if filled else 0.8,
            facecolors=colours if filled else "none",
            edgecolors=colours,
        )


def _draw_significance(axis: Axes, grid: pd.DataFrame) -> QuadMesh:
    return axis.pcolormesh(
        _edges(grid.columns.to_numpy(float)),
        _edges(grid.index.to_numpy(float)),
        grid.to_numpy(),
        vmin=_COLOURS[0],
        vmax=_COLOURS[1],
        cmap="Blues",
        rasterized=True,
    )


def draw_contours(axis: Axes, grid: pd.DataFrame, levels_sigma: Sequence[float]) -> QuadContourSet:
    """Labelled contours of significance; the scales of the axes must be set before."""
    mass = grid.columns.to_numpy(float)
    lines = axis.contour(
        mass,
        grid.index.to_numpy(float),
        grid.to_numpy(),
        levels=sorted(levels_sigma),
        colors="k",
        linewidths=1,
    )
    # Labels at heavy WIMPs, away from 30 to 50 GeV, where the published points lie.
    heavy = mass[0] ** 0.25 * mass[-1] ** 0.75
    paths = [np.asarray(path.vertices) for path in lines.get_paths()]
    labels = [path[np.argmin(np.abs(np.log(path[:, 0] / heavy)))] for path in paths if len(path)]
    axis.clabel(lines, fmt=r"%g$\sigma$", fontsize=6, inline_spacing=1, manual=labels)
    return lines


def draw_published(axis: Axes) -> list[Line2D]:
    """Draw markers at the published results; expected limits have open markers.

    A curve is drawn where one is known. Markers decide the range of the axes, curves do not.
    """
    points = []
    for limit in LIMITS:
        look = _EXPERIMENTS[limit.experiment]
        kind = "expected limit" if limit.expected else "limit"
        if limit.curve:
            masses, cross_sections = zip(*limit.curve, strict=True)
            curve = Line2D(masses, cross_sections, color=look.colour, linewidth=1, linestyle="--")
            axis.add_artist(curve)
        points += axis.plot(
            limit.wimp.mass_GeV,
            limit.wimp.cross_section_cm2,
            look.marker,
            color=look.colour,
            # Visible on dark and on light cells.
            markerfacecolor="white" if limit.expected else look.colour,
            markeredgecolor=look.colour if limit.expected else "white",
            markersize=6,
            label=f"{limit.experiment}, {limit.exposure_t_yr:g} t yr: {kind}, 90 % CL",
        )
    points += axis.plot(
        SIGNIFICANCE.wimp.mass_GeV,
        SIGNIFICANCE.wimp.cross_section_cm2,
        PUBLISHED.marker,
        color=PUBLISHED.colour,
        markeredgecolor="white",
        markersize=10,
        label=f"{SIGNIFICANCE.source}, {SIGNIFICANCE.exposure_t_yr:g} t yr: "
        rf"about {SIGNIFICANCE.significance:g}$\sigma$",
    )
    return points


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges (n + 1,) of cells around ascending `centres` (n,), half-way in the logarithm."""
    log = np.log(centres)
    middle = 0.5 * (log[1:] + log[:-1])
    return np.exp(np.concatenate([[2 * log[0] - middle[0]], middle, [2 * log[-1] - middle[-1]]]))


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    table = read_tables(inputs["table"])
    return draw_map(table, WimpMap.model_validate(params["map"]), params["levels_sigma"])
