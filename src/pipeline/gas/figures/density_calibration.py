"""Calibration of the predicted densities, for each test set: PITs, coverage, head-tail."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH
from pipeline.gas.evaluation.calibration import ALL
from pipeline.statistics.directional.density import LEVELS

LABELS = ["test_set", "energy_keV"]


def draw_density_calibration(
    test_sets: Mapping[str, pd.DataFrame],
    pits: Mapping[str, pd.DataFrame],
    head_tails: Mapping[str, pd.DataFrame],
) -> Figure:
    """Three panels per network, from its tables of `gas.evaluation.calibration`."""
    figure = Figure(figsize=(PAGE_INCH, 0.6 + 2.6 * len(test_sets)))
    rows = figure.subplots(len(test_sets), 3, squeeze=False)
    for (left, middle, right), network in zip(rows, test_sets, strict=True):
        _draw_pits(left, pits[network])
        _draw_coverage(middle, test_sets[network])
        _draw_head_tail(right, head_tails[network])
        left.set_title(f"{network}:\nPIT of the truth")
        middle.set_title(f"{network}:\nregions")
        right.set_title(f"{network}:\nwrong sense")
    handles, labels = rows[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def _draw_pits(axis: Axes, table: pd.DataFrame) -> None:
    for i, (label, rows) in enumerate(_sets(table)):
        bins = len(rows)
        axis.errorbar(
            (rows["pit_low"] + rows["pit_high"]) / 2,
            rows["share"] * bins,
            rows["share_err"] * bins,
            label=label,
            **_style(i),
        )
    axis.axhline(1, color="k", linewidth=1)
    axis.set(xlabel="PIT", ylabel="density", xlim=(0, 1), ylim=(0, None))


def _draw_coverage(axis: Axes, table: pd.DataFrame) -> None:
    nominal = 100 * np.array(LEVELS)
    groups = _sets(table)
    for i, (_, rows) in enumerate(groups):
        names = [f"coverage_{level:.0f}" for level in nominal]
        (found,), (error,) = rows[names].to_numpy(), rows[[f"{n}_err" for n in names]].to_numpy()
        place = np.arange(len(LEVELS)) + min(0.12, 0.8 / len(groups)) * (i - (len(groups) - 1) / 2)
        axis.errorbar(place, 100 * found - nominal, 100 * error, linestyle="none", **_style(i))
    axis.axhline(0, color="k", linewidth=1)
    axis.set_xticks(range(len(LEVELS)), [f"{level:.0f} %" for level in nominal])
    axis.set(xlabel="region", ylabel="coverage - nominal [%]")


def _draw_head_tail(axis: Axes, table: pd.DataFrame) -> None:
    """Of all test sets together: wrong senses are few."""
    _, rows = _sets(table, together=True)[0]
    rows = rows[rows["events"] > 0]
    axis.errorbar(
        rows["wrong_predicted"],
        rows["wrong_observed"],
        rows["wrong_observed_err"],
        linestyle="none",
        **_style(0),
    )
    ends = [1e-4, 1]
    axis.plot(ends, ends, "k-", linewidth=1)
    axis.set(xlabel="predicted probability", ylabel="share of the events")
    axis.set_xscale("symlog", linthresh=1e-3)
    axis.set_yscale("symlog", linthresh=1e-3)
    axis.set(xlim=(0, 1), ylim=(0, 1))


def _sets(table: pd.DataFrame, together: bool = False) -> list[tuple[str, pd.DataFrame]]:
    """Rows of each test set and energy with its label, or of all together."""
    several = (table["test_set"] == ALL).any()
    chosen = table[(table["test_set"] == ALL) == (several and together)]
    named = []
    for (test, energy_keV), rows in chosen.groupby(LABELS, sort=False, dropna=False):
        energies = chosen.loc[chosen["test_set"] == test, "energy_keV"].nunique()
        named.append((str(test) if energies < 2 else f"{test}, {energy_keV:g} keV", rows))
    return named


def _style(i: int) -> dict[str, Any]:
    colour, marker = COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]
    style = {"color": colour, "marker": marker, "markersize": 3, "linewidth": 1}
    return style if i < len(COLOURS) else style | {"markerfacecolor": "white"}


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    tables = [
        dict(zip(params["networks"], map(read_table, inputs[name]), strict=True))
        for name in ("test_sets", "pits", "head_tails")
    ]
    return draw_density_calibration(*tables)
