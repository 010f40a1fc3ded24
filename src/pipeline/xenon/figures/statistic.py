"""Test statistics of pseudo-experiments with background alone and with the benchmark WIMP."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import COLOURS, PAGE_INCH
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.extended_poisson import ANOMALY, LIKELIHOOD_RATIO, SHAPE
from pipeline.statistics.excess.toys import BACKGROUND, SIGNAL, merge

_LABELS = {
    ANOMALY: r"extended likelihood $q = -2\ln L$",
    SHAPE: "shape of TS alone",
    LIKELIHOOD_RATIO: "likelihood ratio",
}
_BINS = 50


def draw_statistic(toys: pd.DataFrame, wimp: Wimp, exposure_t_yr: float) -> Figure:
    """A panel for each test that has pseudo-experiments.

    `toys` are merged batches; see `statistics.excess.toys.merge`.
    """
    at_exposure = toys[toys["exposure_t_yr"] == exposure_t_yr]
    figure = Figure(figsize=(PAGE_INCH, 2.8))
    axes = figure.subplots(1, len(_LABELS))
    for axis, (test, label) in zip(axes, _LABELS.items(), strict=True):
        rows = at_exposure[at_exposure["test"] == test]
        own = (rows["mass_GeV"] == wimp.mass_GeV) & (
            rows["cross_section_cm2"] == wimp.cross_section_cm2
        )
        # Background-only toys of the likelihood ratio belong to a WIMP model, those of other tests
        # do not.
        without = (rows["hypothesis"] == BACKGROUND) & (own | (rows["mass_GeV"] == 0))
        (background,) = rows.loc[without, "q"]
        (signal,) = rows.loc[own & (rows["hypothesis"] == SIGNAL), "q"]
        _draw_test(axis, np.asarray(background), np.asarray(signal))
        axis.set_xlabel(label)
    axes[0].set_ylabel("density")
    figure.suptitle(
        f"{wimp.mass_GeV:g} GeV, {wimp.cross_section_cm2:g} cm$^2$, {exposure_t_yr:g} t yr",
        fontsize=9,
    )
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _draw_test(axis: Axes, background: np.ndarray, signal: np.ndarray) -> None:
    edges = np.histogram_bin_edges(np.concatenate([background, signal]), _BINS).tolist()
    for q, label, colour in (
        (background, "background alone", COLOURS[7]),
        (signal, "with WIMPs", COLOURS[1]),
    ):
        style: dict[str, Any] = {"density": True, "color": colour}
        axis.hist(q, edges, histtype="stepfilled", alpha=0.35, label=label, **style)
        axis.hist(q, edges, histtype="step", **style)
    axis.axvline(np.median(signal), color="k", linestyle="--", linewidth=1, label="median")
    axis.ticklabel_format(style="plain", axis="x", useOffset=False)
    axis.tick_params(axis="x", labelsize=7)
    axis.locator_params(axis="x", nbins=4)


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    toys = merge(pd.read_parquet(path) for path in inputs["toys"])
    wimp = Wimp.model_validate(params["benchmark"])
    return draw_statistic(toys, wimp, params["exposure_t_yr"])
