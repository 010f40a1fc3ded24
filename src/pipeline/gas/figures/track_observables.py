"""Simulated and reference tracks: distance of each observable, and some distributions."""

import re

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH


def draw_track_observables(distances: pd.DataFrame, histograms: pd.DataFrame) -> Figure:
    """Distances of all observables on the left, histograms of some on the right.

    Args:
        distances: energy_keV and the columns of `comparison.two_sample.ks_table`.
        histograms: energy_keV and the columns of `comparison.histograms.observable_histograms`,
            for up to four observables.
    """
    energies = [float(energy) for energy in np.sort(distances["energy_keV"].unique())]
    colours = dict(zip(energies, COLOURS, strict=False))
    shown = list(histograms["observable"].unique())
    figure = Figure(figsize=(PAGE_INCH, 4.4))
    grid = figure.add_gridspec(2, 3, width_ratios=(0.8, 1, 1))
    _draw_distances(figure.add_subplot(grid[:, 0]), distances, colours)
    for place, name in zip([grid[r, c] for r in (0, 1) for c in (1, 2)], shown, strict=False):
        axis = figure.add_subplot(place)
        for energy, colour in colours.items():
            own = (histograms["observable"] == name) & (histograms["energy_keV"] == energy)
            table = histograms[own]
            edges = np.append(table["low"], table["high"].iloc[-1])
            axis.stairs(table["reference"], edges, color=colour, linewidth=1)
            axis.stairs(
                table["reference"] + table["reference_err"],
                edges,
                baseline=table["reference"] - table["reference_err"],
                fill=True,
                color=colour,
                alpha=0.25,
            )
            axis.errorbar(
                0.5 * (table["low"] + table["high"]),
                table["simulated"],
                table["simulated_err"],
                fmt=".",
                markersize=3,
                linewidth=0.8,
                capsize=0,
                color=colour,
            )
        axis.set(xlabel=_label(name), ylabel="density", ylim=(0, None))
        axis.tick_params(labelleft=False)
    handles = [
        *(
            Line2D([], [], color=c, marker="s", linestyle="", label=f"{e:g} keV")
            for e, c in colours.items()
        ),
        Line2D([], [], color="0.3", marker=".", linestyle="", label="simulated"),
        Line2D([], [], color="0.3", linewidth=1, label="reference"),
        Line2D([], [], color="0.3", linewidth=1, linestyle="--", label="median if equal"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return figure


def _draw_distances(axis: Axes, distances: pd.DataFrame, colours: dict[float, str]) -> None:
    names = list(distances["observable"].unique())
    for (energy, colour), marker in zip(colours.items(), MARKERS, strict=False):
        table = distances[distances["energy_keV"] == energy]
        rows = [names.index(name) for name in table["observable"]]
        axis.plot(table["ks"], rows, marker, color=colour, markersize=3.5)
        axis.axvline(table["ks_null"].median(), color=colour, linestyle="--", linewidth=1)
    axis.set_yticks(range(len(names)), [_label(name) for name in names], fontsize=7)
    axis.invert_yaxis()
    axis.set(xlabel="KS distance", xlim=(0, 1.1 * distances["ks"].max()))


def _label(observable: str) -> str:
    """max_radius_mm -> max radius [mm], electrons_within_5mm -> electrons within 5 mm."""
    text = re.sub(r"_mm$", " [mm]", observable)
    return re.sub(r"(\d)mm$", r"\1 mm", text).replace("_", " ")


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_track_observables(
        read_tables(inputs["distances"]), read_tables(inputs["histograms"])
    )
