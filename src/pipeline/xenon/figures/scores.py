"""Distributions of the anomaly score TS."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import PAGE_INCH
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.figures.recoils import COLOUR, WIMP_COLOURS
from pipeline.xenon.rates.weighted_scores import read_weighted_scores

_BINS = 60
_TAIL = 0.001  # share of events beyond each end of the abscissa


def draw_scores(
    scores: Mapping[str, NDArray[np.float64]],
    weighted: pd.DataFrame,
    wimp: Wimp,
    exposure_t_yr: float,
) -> Figure:
    """Left: samples of flat spectra and of WIMPs, normalised to one. Right: expected events.

    Args:
        scores: TS of triggered events by name; "ER" and "NR" have flat spectra.
        weighted: a table of `rates.weighted_scores`.
        wimp: WIMP model of the expected events.
        exposure_t_yr: exposure of the expected events.
    """
    figure = Figure(figsize=(PAGE_INCH, 3.6))
    left, right = figure.subplots(1, 2)
    wimps = dict(zip([n for n in scores if n not in COLOUR], WIMP_COLOURS, strict=False))
    edges = _edges(np.concatenate(list(scores.values())))
    for name, ts in scores.items():
        colour = (COLOUR | wimps).get(name)
        left.hist(ts, edges, density=True, histtype="step", color=colour, label=name)
    left.set(yscale="log", xlabel="anomaly score TS", ylabel="density")
    left.set_title("1 to 100 keV, and WIMPs", fontsize=9)
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    _draw_expected(right, weighted, wimp, exposure_t_yr)
    for axis in (left, right):
        # With a large R, the numbers on the axis are long.
        axis.xaxis.set_major_locator(MaxNLocator(5))
    return figure


def _draw_expected(axis: Axes, weighted: pd.DataFrame, wimp: Wimp, exposure_t_yr: float) -> None:
    background = weighted[weighted["mass_GeV"] == 0]
    signal = weighted[weighted["mass_GeV"] == wimp.mass_GeV]
    edges = _edges(background["score"].to_numpy())
    for code, recoil in enumerate(RECOILS):
        rows = background[background["recoil"] == code]
        _draw_counts(
            axis, rows, exposure_t_yr, edges, color=COLOUR[recoil], label=f"{recoil} background"
        )
    _draw_counts(
        axis,
        signal,
        exposure_t_yr * wimp.cross_section_cm2,
        edges,
        color=WIMP_COLOURS[1],
        label=f"WIMP {wimp.mass_GeV:g} GeV, {wimp.cross_section_cm2:g} cm$^2$",
    )
    axis.set(yscale="log", xlabel="anomaly score TS", ylabel="events per bin", ylim=(1e-2, None))
    axis.set_title(f"region of interest, {exposure_t_yr:g} t yr", fontsize=9)
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)


def _draw_counts(
    axis: Axes, rows: pd.DataFrame, scale: float, edges: list[float], **look: Any
) -> None:
    axis.hist(rows["score"], edges, weights=scale * rows["weight"], histtype="step", **look)


def _edges(ts: NDArray[np.float64]) -> list[float]:
    low, high = np.quantile(ts, [_TAIL, 1 - _TAIL])
    return np.linspace(low, high, _BINS + 1).tolist()


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    scores = {}
    for name, path in zip(params["names"], inputs["scores"], strict=True):
        table = pd.read_parquet(path, columns=["triggered", "ts"])
        scores[name] = table.loc[table["triggered"], "ts"].to_numpy()
    (weighted,) = inputs["weighted"]
    wimp = Wimp.model_validate(params["benchmark"])
    return draw_scores(scores, read_weighted_scores(weighted), wimp, params["exposure_t_yr"])
