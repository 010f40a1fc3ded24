"""Test statistics of pseudo-experiments with background alone and with the benchmark WIMP."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLOURS, PAGE_INCH
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.extended_poisson import ANOMALY, LIKELIHOOD_RATIO, SHAPE
from pipeline.statistics.excess.tail import Tail
from pipeline.statistics.excess.toys import BACKGROUND, SIGNAL, merge

_LABELS = {
    ANOMALY: r"extended likelihood $q = -2\ln L$",
    SHAPE: "shape of TS alone",
    LIKELIHOOD_RATIO: "likelihood ratio",
}
_BINS = 50
_POINTS = 400


def draw_statistic(
    toys: pd.DataFrame, significance: pd.DataFrame, wimp: Wimp, exposure_t_yr: float
) -> Figure:
    """A panel for each test that has pseudo-experiments, with g0 and the median significance.

    `toys` are merged batches, see `statistics.excess.toys.merge`; `significance` is a table of
    `statistics.excess.search.significances`.
    """
    at_exposure = toys[toys["exposure_t_yr"] == exposure_t_yr]
    found = _of(significance[significance["exposure_t_yr"] == exposure_t_yr], wimp)
    figure = Figure(figsize=(PAGE_INCH, 2.9))
    axes = figure.subplots(1, len(_LABELS))
    for axis, (test, label) in zip(axes, _LABELS.items(), strict=True):
        rows = at_exposure[at_exposure["test"] == test]
        own = _of(rows, wimp)
        # Background-only toys of the likelihood ratio belong to a WIMP model, those of other tests
        # do not.
        without = pd.concat([own, rows[rows["mass_GeV"] == 0]])
        (background,) = without.loc[without["hypothesis"] == BACKGROUND, "q"]
        (signal,) = own.loc[own["hypothesis"] == SIGNAL, "q"]
        (result,) = found[found["test"] == test].to_dict("records")
        _draw_test(axis, np.asarray(background, float), np.asarray(signal, float))
        star = "*" if result["extrapolated"] else ""
        axis.set_title(
            rf"{result['significance']:.2f} $\pm$ {result['significance_err']:.2f} $\sigma${star}",
            fontsize=9,
        )
        axis.set_xlabel(label)
    axes[0].set_ylabel("density")
    figure.suptitle(
        f"{wimp.mass_GeV:g} GeV, {wimp.cross_section_cm2:g} cm$^2$, {exposure_t_yr:g} t yr",
        fontsize=9,
    )
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def _of(rows: pd.DataFrame, wimp: Wimp) -> pd.DataFrame:
    return rows[
        (rows["mass_GeV"] == wimp.mass_GeV) & (rows["cross_section_cm2"] == wimp.cross_section_cm2)
    ]


def _draw_test(axis: Axes, background: NDArray[np.float64], signal: NDArray[np.float64]) -> None:
    edges = np.histogram_bin_edges(np.concatenate([background, signal]), _BINS).tolist()
    for q, label, colour in (
        (background, "background alone", COLOURS[7]),
        (signal, "with WIMPs", COLOURS[1]),
    ):
        style: dict[str, Any] = {"density": True, "color": colour}
        axis.hist(q, edges, histtype="stepfilled", alpha=0.35, label=label, **style)
        axis.hist(q, edges, histtype="step", **style)
    _draw_g0(axis, background, np.linspace(edges[0], edges[-1], _POINTS))
    axis.axvline(np.median(signal), color="k", linestyle="--", linewidth=1, label="median")
    axis.ticklabel_format(style="plain", axis="x", useOffset=False)
    axis.tick_params(axis="x", labelsize=7)
    axis.locator_params(axis="x", nbins=4)


def _draw_g0(axis: Axes, background: NDArray[np.float64], q: NDArray[np.float64]) -> None:
    """The density of the background's q, from kernels and from its fitted tail.

    As in `statistics.excess.search`: kernels have Scott's bandwidth. Where all toys are equal there
    is no density.
    """
    if np.ptp(background) == 0:
        return
    axis.plot(q, gaussian_kde(background)(q), color=COLOURS[0], label="$g_0$, kernels")
    tail = Tail.of(background)
    beyond = q[q >= tail.threshold]
    axis.plot(beyond, tail.density(beyond), ":", color=COLOURS[6], label="$g_0$, tail")


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    toys = merge(pd.read_parquet(path) for path in inputs["toys"])
    wimp, exposure_t_yr = Wimp.model_validate(params["benchmark"]), params["exposure_t_yr"]
    return draw_statistic(toys, read_tables(inputs["table"]), wimp, exposure_t_yr)
