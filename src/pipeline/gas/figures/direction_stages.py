"""The stages of a decision on a direction, and what their failures cost."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, MARKERS, PAGE_INCH, few_decimal_ticks
from pipeline.gas.evaluation.direction_stages import FAILURES

ABOVE: dict[str, Any] = {
    "loc": "lower center",
    "bbox_to_anchor": (0.5, 1),
    "ncols": 2,
    "fontsize": 7,
}
LABELS = {
    "start_mm": "distance of the start",
    "wrong_head_tail": "wrong head-tail",
    "axis_cosine_distance": "cosine distance of the axis",
    "cosine_distance": "cosine distance",
}
SLOPING: dict[str, Any] = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}


def draw_direction_stages(stages: pd.DataFrame, failures: pd.DataFrame) -> Figure:
    """Contributions of the failures on the left, observables over their expectation on the right.

    Args:
        stages: table of `evaluation.direction_stages.stage_table`.
        failures: table of `evaluation.direction_stages.failure_table`.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.2))
    bars, ratios = figure.subplots(1, 2)
    sets = list(failures["set"].unique())
    bottom = np.zeros(len(sets))
    for i, stage in enumerate(FAILURES):
        rows = failures[failures["first_failure"] == stage]
        bars.bar(sets, rows["contribution"], bottom=bottom, color=COLOURS[i], label=stage)
        bottom += rows["contribution"].to_numpy()
        place = np.arange(len(sets)) + 0.12 * (i - 1.5)
        bars.errorbar(place, bottom, rows["contribution_err"], fmt="none", ecolor="black")
    bars.set(ylabel="cosine distance")
    bars.set_xticks(range(len(sets)), sets, **SLOPING)
    bars.legend(title="first failure", **ABOVE)
    for i, (quantity, label) in enumerate(LABELS.items()):
        rows = stages[stages["set"].isin(sets) & (stages["quantity"] == quantity)]
        ratio, error = (rows[name] / rows["expected"] for name in ("true", "true_err"))
        place = np.arange(len(sets)) + 0.12 * (i - 1.5)
        ratios.errorbar(place, ratio, error, fmt=MARKERS[i], label=label)
    ratios.axhline(1, color="black", linestyle="--", linewidth=0.8)
    ratios.set_xticks(range(len(sets)), sets, **SLOPING)
    ratios.set(ylabel="true / expected", yscale="log")
    few_decimal_ticks(ratios)
    ratios.legend(title="observable", **ABOVE)
    return figure


def from_files(inputs: Inputs, _params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_direction_stages(*(read_table(inputs[name][0]) for name in ("stages", "failures")))
