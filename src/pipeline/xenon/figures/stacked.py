"""Expected anomaly scores: stacked backgrounds, WIMPs on top and f0; arXiv 2410.00755, Fig. 2."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import PAGE_INCH
from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.score_density import ScoreDensity
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.region import Region
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.figures.recoils import WIMP_COLOURS
from pipeline.xenon.rates.weighted_scores import search_samples, weigh_files

Array = NDArray[np.float64]

_GREY = {"ER": "0.82", "NR": "0.45"}
_BINS = 60
_POINTS = 1000
_TAIL = 1e-3  # share of the simulated events beyond each end of the abscissa


def draw_stacked(
    weighted: pd.DataFrame, samples: Samples, wimps: Sequence[Wimp], exposure_t_yr: float
) -> Figure:
    """Events per bin expected in `exposure_t_yr`; error bars are those of the simulation.

    Args:
        weighted: a table of `rates.weighted_scores` with the masses of `wimps`.
        samples: those that the search makes of it; their f0 is drawn.
        wimps: WIMP models, each on top of the whole background.
        exposure_t_yr: exposure.
    """
    figure = Figure(figsize=(0.8 * PAGE_INCH, 3.9))
    axis = figure.subplots()
    edges = _edges(weighted["score"].to_numpy())
    background = weighted[weighted["mass_GeV"] == 0]
    below = np.zeros(_BINS)
    # Nuclear recoils below: on top of electronic ones, a logarithmic scale would hide them.
    for recoil in reversed(RECOILS):
        rows = background[background["recoil"] == RECOILS.index(recoil)]
        above = below + _counts(rows, edges, exposure_t_yr)
        axis.stairs(
            above,
            edges,
            baseline=below,
            fill=True,
            color=_GREY[recoil],
            label=f"{recoil} background",
        )
        below = above
    for wimp, colour in zip(wimps, WIMP_COLOURS, strict=False):
        rows = weighted[weighted["mass_GeV"] == wimp.mass_GeV]
        scale = exposure_t_yr * wimp.cross_section_cm2
        label = f"with WIMPs, {wimp.mass_GeV:g} GeV, {wimp.cross_section_cm2:g} cm$^2$"
        axis.stairs(below + _counts(rows, edges, scale), edges, color=colour, label=label)
    _draw_errors(axis, background, edges, exposure_t_yr)
    _draw_f0(axis, samples, edges, exposure_t_yr)
    axis.set(yscale="log", ylim=(1e-2, None), xlim=(edges[0], edges[-1]))
    axis.set(xlabel="anomaly score TS", ylabel="expected events per bin")
    axis.set_title(f"region of interest, {exposure_t_yr:g} t yr", fontsize=9)
    axis.xaxis.set_major_locator(MaxNLocator(5))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def _counts(rows: pd.DataFrame, edges: Array, scale: float) -> Array:
    return np.histogram(rows["score"], edges, weights=scale * rows["weight"])[0]


def _draw_errors(axis: Axes, background: pd.DataFrame, edges: Array, scale: float) -> None:
    """Standard deviations of the expected background, from the numbers of simulated events."""
    # An event stands for several components at once, which fluctuate together.
    events = background.groupby("event").agg({"score": "first", "weight": "sum"})
    expected = _counts(events, edges, scale)
    squared = events.assign(weight=events["weight"] ** 2)
    error = np.sqrt(_counts(squared, edges, scale**2))
    filled = expected > 0
    axis.errorbar(
        (0.5 * (edges[1:] + edges[:-1]))[filled],
        expected[filled],
        error[filled],
        fmt="none",
        ecolor="0.2",
        elinewidth=0.7,
        capsize=0,
    )


def _draw_f0(axis: Axes, samples: Samples, edges: Array, exposure_t_yr: float) -> None:
    """B f0 times the width of a bin; f0 is the mean in ln f0 over the folds, as for data."""
    score = np.linspace(edges[0], edges[-1], _POINTS)
    folds = [partial(ScoreDensity.log_density, density) for density in samples.densities]
    per_bin = exposure_t_yr * samples.background.expected * (edges[1] - edges[0])
    f0 = np.exp(cross_fit.of_data(folds, score))
    axis.plot(score, per_bin * f0, color="k", linewidth=1, label="$B f_0$ times width of bin")


def _edges(score: Array) -> Array:
    low, high = np.quantile(score, [_TAIL, 1 - _TAIL])
    return np.linspace(low, high, _BINS + 1)


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    rates, region = (
        Rates.model_validate(params["rates"]),
        Region.model_validate(params["region"]),
    )
    models = [Wimp.model_validate(wimp) for wimp in params["wimps"]]
    masses_GeV = [wimp.mass_GeV for wimp in models]
    weighted = weigh_files(inputs["scores"], rates, region, masses_GeV, params["spectra"])
    samples = search_samples(weighted, rates)
    return draw_stacked(weighted, samples, models, params["exposure_t_yr"])
