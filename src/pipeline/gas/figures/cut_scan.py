"""Cosine distance against the efficiency cut, after Ghrear et al. 2024, figure 5."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import PAGE_INCH, Look, few_decimal_ticks, panels
from pipeline.gas.figures.methods import TRUE_HEAD_TAIL, looks
from pipeline.gas.published import BEST_EXPECTED, CUT_TO_PASS, HCN, published_value

LATE_CUT = 45  # percent; the label of a later crossing would stick out at the right
_DODGE = 1.6  # percent of events; separates published values without a cut from ours


def draw_cut_scan(scans: pd.DataFrame, crossings: pd.DataFrame, summary: pd.DataFrame) -> Figure:
    """One panel per test set.

    Args:
        scans: tables of `evaluation.scans.efficiency_scan`, with test_set and method. Methods
            with several cuts are curves; Best-Expected is a line; "NAME, true head-tail" is the
            end of an arrow from NAME.
        crossings: test_set, method, fraction_cut and error of the cut at which a method passes
            Best-Expected; NaN if it never does.
        summary: table of `evaluation.summary.summary_table`, for the published values.
    """
    test_sets = list(scans["test_set"].unique())
    look = looks(scans["method"].unique())
    rows = -(-len(test_sets) // 2)
    figure = Figure(figsize=(PAGE_INCH, 0.9 + 2.6 * rows))
    for axis, test_set in zip(panels(figure, len(test_sets)), test_sets, strict=True):
        _draw_methods(axis, scans[scans["test_set"] == test_set], look)
        passing = crossings[crossings["test_set"] == test_set]
        _draw_crossings(axis, passing, look)
        _draw_published(axis, summary[summary["test_set"] == test_set], look, passing["method"])
        axis.set(title=test_set, xlabel="efficiency cut [%]", xlim=(-6, 95), yscale="log")
        axis.set(ylabel=r"cosine distance $\langle 1-\cos\theta\rangle$")
        axis.margins(y=0.15)  # room for the crossings' labels
        axis.label_outer()
        few_decimal_ticks(axis)
    published = bool(summary["published_cosine_distance"].notna().any())
    figure.legend(handles=_legend(scans, look, published), loc="outside lower center", ncols=4)
    return figure


def _draw_methods(axis: Axes, scans: pd.DataFrame, look: dict[str, Look]) -> None:
    by_method = {str(method): scan for method, scan in scans.groupby("method", sort=False)}
    for method, scan in by_method.items():
        name = method.removesuffix(TRUE_HEAD_TAIL)
        colour, marker = look[name].colour, look[name].marker
        cut, distance = 100 * scan["fraction_cut"], scan["cosine_distance"]
        error = scan["cosine_distance_err"]
        if method == BEST_EXPECTED:
            axis.axhline(distance.iloc[0], color=colour)
            low, high = (distance.iloc[0] + s * error.iloc[0] for s in (-1, 1))
            axis.axhspan(low, high, color=colour, alpha=0.2, linewidth=0)
        elif len(scan) > 1:
            axis.plot(cut, distance, color=colour)
            axis.fill_between(
                cut, distance - error, distance + error, color=colour, alpha=0.25, linewidth=0
            )
        else:
            axis.errorbar(cut, distance, error, color=colour, fmt="_" if name != method else marker)
        if name != method and name in by_method:
            _arrow(axis, by_method[name].iloc[0], scan.iloc[0], colour)


def _arrow(axis: Axes, tail: pd.Series, tip: pd.Series, colour: str) -> None:
    axis.annotate(
        "",
        xy=(100 * tip["fraction_cut"], tip["cosine_distance"]),
        xytext=(100 * tail["fraction_cut"], tail["cosine_distance"]),
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1, "shrinkA": 4},
    )


def _draw_crossings(axis: Axes, crossings: pd.DataFrame, look: dict[str, Look]) -> None:
    passing = crossings.dropna(subset=["fraction_cut"])
    columns = [passing[name] for name in ("method", "fraction_cut", "error")]
    for i, (method, fraction_cut, error) in enumerate(zip(*columns, strict=True)):
        colour, cut = look[method].colour, 100 * fraction_cut
        axis.axvline(cut, color=colour, linestyle="--", linewidth=1)
        left = cut > LATE_CUT
        spread = "" if np.isnan(error) else rf" $\pm$ {100 * error:.1f}"
        axis.annotate(
            f"{method}: {cut:.1f}{spread} %",
            (cut, 0.96 - 0.08 * i),
            xycoords=axis.get_xaxis_transform(),
            xytext=(-3 if left else 3, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top",
            color=colour,
            fontsize=8,
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5},
        )


def _draw_published(
    axis: Axes, summary: pd.DataFrame, look: dict[str, Look], with_kappa: pd.Series
) -> None:
    uncut = 0
    known = summary.dropna(subset=["published_cosine_distance"])
    # Values without a published efficiency are drawn at ours.
    efficiency = known["published_efficiency"].fillna(known["efficiency"])
    columns = known["method"], known["published_cosine_distance"], 100 * (1 - efficiency)
    for method, distance, cut in zip(*columns, strict=True):
        own = look[method.removesuffix(TRUE_HEAD_TAIL)]
        if method == BEST_EXPECTED:
            axis.axhline(distance, color=own.colour, linestyle=":")
            continue
        if method in set(with_kappa):  # of the published networks, HCN is the one with kappa
            passes = 100 * published_value(CUT_TO_PASS, HCN).value
            axis.axvline(passes, color=own.colour, linestyle=":", linewidth=1)
        if cut == 0:
            uncut += 1
            cut = -_DODGE * uncut
        axis.plot(cut, distance, own.marker, color=own.colour, markerfacecolor="none", markersize=7)


def _legend(scans: pd.DataFrame, look: dict[str, Look], published: bool) -> list[Line2D]:
    curves = set(scans.loc[scans.duplicated(["test_set", "method"]), "method"]) | {BEST_EXPECTED}
    handles = [
        Line2D([], [], color=own.colour, label=name)
        if name in curves
        else Line2D([], [], color=own.colour, marker=own.marker, linestyle="", label=name)
        for name, own in look.items()
    ]
    grey: dict[str, Any] = {"color": "0.4", "linestyle": ""}
    if published:
        hollow: dict[str, Any] = {"marker": "o", "markerfacecolor": "none", "markersize": 7}
        handles += [
            Line2D([], [], **grey, **hollow, label="published"),
            Line2D([], [], color="0.4", linestyle=":", label="published Best-Expected"),
        ]
    return [
        *handles,
        Line2D([], [], **grey, marker=r"$\downarrow$", markersize=8, label="true head-tail"),
        Line2D([], [], color="0.4", linestyle="--", label="passes Best-Expected"),
    ]


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_cut_scan(*(read_tables(inputs[name]) for name in ("scans", "crossings", "summary")))
