"""Headline numbers of several studies side by side."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH

_ROW_INCH = 0.17


def draw_compared(numbers: pd.DataFrame) -> Figure:
    """One panel for each quantity of a chain, one line for each subject.

    Args:
        numbers: chain, quantity, subject, study, value, and low and high of its 68 % interval; see
            `compare_studies.headlines`.
    """
    panels = list(numbers.groupby(["chain", "quantity"], sort=False))
    lines = [group["subject"].nunique() for _, group in panels]
    height = sum(lines) * _ROW_INCH + 0.6 * len(panels) + 0.3
    figure = Figure(figsize=(PAGE_INCH, height))
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=lines)[:, 0]
    studies = list(numbers["study"].unique())
    for axis, ((chain, quantity), group) in zip(axes, panels, strict=True):
        _draw(axis, group, studies)
        axis.set(xlabel=quantity)
        axis.set_title(chain, loc="left", fontsize=9)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=min(len(studies), 3))
    return figure


def _draw(axis: Axes, group: pd.DataFrame, studies: list[str]) -> None:
    subjects = list(group["subject"].unique())
    shift = 0.6 / len(studies)
    for i, study in enumerate(studies):
        rows = group[group["study"] == study]
        y = np.array([subjects.index(subject) for subject in rows["subject"]], dtype=float)
        y += shift * (i - (len(studies) - 1) / 2)
        # An infinite limit is drawn to the edge of the panel.
        low, high = rows["value"] - rows["low"], rows["high"] - rows["value"]
        errors = np.nan_to_num([low, high], nan=0.0, posinf=0.0)
        axis.errorbar(
            rows["value"],
            y,
            xerr=errors,
            fmt=MARKERS[i % len(MARKERS)],
            color=COLOURS[i % len(COLOURS)],
            label=study,
        )
    axis.set_yticks(range(len(subjects)), subjects, fontsize=7)
    axis.set_ylim(len(subjects) - 0.5, -0.5)
    values = group["value"]
    if values.min() > 0 and values.max() > 10 * values.min():
        axis.set_xscale("log")
