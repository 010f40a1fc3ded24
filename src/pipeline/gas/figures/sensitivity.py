"""Directional hypothesis test: recoils needed, and the p-value of the median experiment."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pipeline.figures.style import PAGE_INCH, Look, mark_levels
from pipeline.gas.figures.methods import looks
from pipeline.statistics.directional.config import PERFECT
from pipeline.statistics.directional.sensitivity import ABOVE_GRID, BELOW_GRID
from pipeline.statistics.directional.statistics import DIPOLE, LIKELIHOOD, PROFILE, WEIGHTED

# One column of panels each, for the plain statistic and the one weighted with kappa.
_COLUMNS = {
    "dipole\n(Sun's direction unknown)": DIPOLE,
    "likelihood ratio\n(signal fraction known)": LIKELIHOOD,
    "profile likelihood ratio\n(signal fraction unknown)": PROFILE,
}


def draw_needed_by_signal(needed: pd.DataFrame, names: Mapping[str, str], test_set: str) -> Figure:
    """Recoils needed against the signal fraction, without cuts: a row of panels per level.

    Args:
        needed: table of `sensitivity.needed_events`. Limits are open markers with arrows; a cross
            at the upper edge means that there are too few toys.
        names: display name by method, in the order of all tables.
        test_set: the test set that is drawn.

    Raises:
        ValueError: the table has no rows to draw.
    """
    chosen = _only(needed, test_set=test_set, fraction_cut=0.0)
    figure, axes = _needed_panels(
        chosen.assign(x=chosen["signal_fraction"]),
        names,
        f"{test_set}, no cut on $\\kappa$",
        lambda x, aside: x * 1.08**aside,
    )
    fractions = np.sort(chosen["signal_fraction"].unique())
    for axis in axes:
        axis.set(xscale="log", xlim=(fractions[0] / 1.5, fractions[-1] * 1.5))
        axis.set_xticks(fractions, [f"{f:g}" for f in fractions])
        axis.set_xticks([], minor=True)
    _label_below(axes, "fraction of recoils from the Sun")
    return figure


def draw_needed_by_cut(
    needed: pd.DataFrame, names: Mapping[str, str], test_set: str, signal_fraction: float
) -> Figure:
    """Recoils needed against the cut on kappa, at one signal fraction.

    The recoils include those that the cut removes. The right scale is the exposure, where the
    table has one. See `draw_needed_by_signal`.
    """
    chosen = _only(needed, test_set=test_set, signal_fraction=signal_fraction)
    figure, axes = _needed_panels(
        chosen.assign(x=100 * chosen["fraction_cut"]),
        names,
        f"{test_set}, signal fraction {signal_fraction:g}",
        lambda x, aside: x + 1.5 * aside,
    )
    _label_below(axes, r"events cut, small $\kappa$ [%]")
    per_recoil = (chosen["exposure_m3_yr"] / chosen["recoils"]).median()
    if np.isfinite(per_recoil):
        for axis in axes[len(_COLUMNS) - 1 :: len(_COLUMNS)]:
            both_ways = partial(np.multiply, per_recoil), partial(np.multiply, 1 / per_recoil)
            scale = axis.secondary_yaxis("right", functions=both_ways)
            scale.set_ylabel(f"m$^3$ yr for {chosen['window_keV'].iloc[0]:g} keV")
    return figure


def draw_median_p(
    power: pd.DataFrame,
    names: Mapping[str, str],
    levels: Mapping[str, float],
    test_set: str,
    signal_fraction: float,
    background_toys: int,
) -> Figure:
    """p-value of the median experiment, with the central 68 %, against the number of recoils.

    Args:
        power: table of `sensitivity.power`; rows without cuts on kappa are drawn. Open markers are
            upper limits, beyond the reach of the toys.
        names: display name by method, in the order of all tables.
        levels: p-value by name of the level.
        test_set: the test set that is drawn.
        signal_fraction: the signal fraction that is drawn.
        background_toys: number of background-only toys behind a p-value. Smaller p-values than
            its inverse cannot be measured; that region is hatched.

    Raises:
        ValueError: the table has no rows to draw.
    """
    chosen = _only(power, test_set=test_set, signal_fraction=signal_fraction, fraction_cut=0.0)
    look = _looks(names)
    figure = Figure(figsize=(PAGE_INCH, 3.6))
    axes = figure.subplots(1, len(_COLUMNS), sharex=True, sharey=True)
    for axis, (title, statistic) in zip(axes, _COLUMNS.items(), strict=True):
        for method, curve, weighted in _curves(chosen, statistic, names):
            # Bands of weighted statistics and of the perfect detector would hide the others.
            _draw_p(axis, curve, look[method], weighted, not weighted and method != PERFECT)
        mark_levels(axis, levels)
        axis.axhspan(0.2 / background_toys, 1 / background_toys, **_HATCH)
        axis.set(xscale="log", yscale="log", ylim=(0.2 / background_toys, 1), title=title)
    _label_below(axes, "recoils")
    axes[0].set_ylabel("p-value of the median experiment")
    figure.suptitle(f"{test_set}, signal fraction {signal_fraction:g}", fontsize=9)
    figure.legend(
        handles=_legend(chosen, names, look, joined=True), loc="outside lower center", ncols=3
    )
    return figure


_HATCH: dict[str, Any] = {"facecolor": "none", "edgecolor": "0.6", "hatch": "////", "linewidth": 0}


def _needed_panels(
    needed: pd.DataFrame,
    names: Mapping[str, str],
    title: str,
    shift: Callable[[pd.Series, float], pd.Series],
) -> tuple[Figure, list[Axes]]:
    """A row of panels per level and a column per statistic, with column x as the abscissa.

    `shift(x, number)` separates curves that would overlap; curves are numbered from the middle.
    """
    levels = needed.drop_duplicates("level").set_index("level")["p"].sort_values(ascending=False)
    look = _looks(names)
    figure = Figure(figsize=(PAGE_INCH, 1.2 + 2.2 * len(levels)))
    axes = figure.subplots(len(levels), len(_COLUMNS), squeeze=False, sharex=True, sharey="row")
    for column, (heading, statistic) in zip(axes.T, _COLUMNS.items(), strict=True):
        column[0].set_title(heading)
        for axis, level in zip(column, levels.index, strict=True):
            curves = _curves(needed[needed["level"] == level], statistic, names)
            for i, (method, curve, weighted) in enumerate(curves):
                aside = i - 0.5 * (len(curves) - 1)  # curves may overlap
                _draw_needed(axis, curve.assign(x=shift(curve["x"], aside)), look[method], weighted)
            axis.set(yscale="log", ylabel=f"recoils needed, {level}")
    figure.suptitle(title, fontsize=9)
    figure.legend(
        handles=_legend(needed, names, look, joined=False), loc="outside lower center", ncols=3
    )
    return figure, list(axes.flat)


def _draw_needed(axis: Axes, curve: pd.DataFrame, look: Look, weighted: bool) -> None:
    marker = _marker(look, weighted)
    known = curve[curve["beyond"] == "no"]
    axis.errorbar(known["x"], known["recoils"], known["recoils_err"], fmt=marker, color=look.colour)
    for beyond in (ABOVE_GRID, BELOW_GRID):
        limits = curve[curve["beyond"] == beyond]
        if len(limits):
            axis.errorbar(
                limits["x"],
                limits["recoils"],
                0.35 * limits["recoils"],
                fmt=marker,
                color=look.colour,
                markerfacecolor="white",
                lolims=beyond == ABOVE_GRID,
                uplims=beyond == BELOW_GRID,
            )
    unknown = curve.loc[curve["beyond"] == "toys", "x"]
    axis.plot(
        unknown,
        np.full(len(unknown), 0.96),
        "x",
        color=look.colour,
        transform=axis.get_xaxis_transform(),
    )


def _draw_p(axis: Axes, curve: pd.DataFrame, look: Look, weighted: bool, band: bool) -> None:
    curve = curve.sort_values("recoils")
    line = "--" if weighted else "-"
    axis.plot(curve["recoils"], curve["median_p"], line, color=look.colour)
    if band:
        axis.fill_between(
            curve["recoils"], curve["p_low"], curve["p_high"], color=look.colour, alpha=0.12, lw=0
        )
    for beyond, face in ((False, look.colour), (True, "white")):
        points = curve[curve["beyond_toys"] == beyond]
        axis.plot(
            points["recoils"],
            points["median_p"],
            _marker(look, weighted),
            color=look.colour,
            markerfacecolor=face,
        )


def _only(table: pd.DataFrame, **wanted: str | float) -> pd.DataFrame:
    """The rows whose columns have the wanted values; ValueError if there are none."""
    for column, value in wanted.items():
        rows = table[table[column] == value]
        if rows.empty:
            found = list(table[column].unique())
            raise ValueError(f"the hypothesis test has no {column} {value}; it has {found}")
        table = rows
    return table


def _curves(
    table: pd.DataFrame, statistic: str, names: Mapping[str, str]
) -> list[tuple[str, pd.DataFrame, bool]]:
    """(method, rows, weighted with kappa?) for each method with rows, in the order of `names`."""
    return [
        (method, rows, weighted)
        for method in [*names, PERFECT]
        for name, weighted in ((statistic, False), (WEIGHTED[statistic], True))
        if len(rows := table[(table["method"] == method) & (table["statistic"] == name)])
    ]


def _marker(look: Look, weighted: bool) -> str:
    return "s" if weighted else look.marker


def _looks(names: Mapping[str, str]) -> dict[str, Look]:
    """The look of each method, the same as in figures that use display names."""
    shown = looks([*names.values(), PERFECT])
    of_methods = {method: shown[name] for method, name in names.items() if name in shown}
    return of_methods | {PERFECT: shown[PERFECT]}


def _legend(
    table: pd.DataFrame, names: Mapping[str, str], look: dict[str, Look], joined: bool
) -> list[Line2D]:
    curves = {
        (method, weighted)
        for statistic in _COLUMNS.values()
        for method, _, weighted in _curves(table, statistic, names)
    }
    return [
        Line2D(
            [],
            [],
            color=look[method].colour,
            marker=_marker(look[method], weighted),
            linestyle=("--" if weighted else "-") if joined else "",
            label=shown + (r", weighted with $\kappa$" if weighted else ""),
        )
        for method, shown in [*names.items(), (PERFECT, "perfect detector")]
        for weighted in (False, True)
        if (method, weighted) in curves
    ]


def _label_below(axes: list[Axes], text: str) -> None:
    for axis in axes:
        axis.set_xlabel(text)
        axis.label_outer()
