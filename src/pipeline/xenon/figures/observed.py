"""Observed events over the expected background and the benchmark WIMP."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import PAGE_INCH
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.region import Region
from pipeline.xenon.figures.recoils import COLOUR, WIMP_COLOURS
from pipeline.xenon.rates.goodness_of_fit import BACKGROUND, WITH_SIGNAL
from pipeline.xenon.rates.measured import CS1, LOG_RATIO, SCORE, measured
from pipeline.xenon.rates.weighted_scores import read_weighted_scores

NAMES = {
    SCORE: "anomaly score TS",
    CS1: "cS1 [photons]",
    LOG_RATIO: r"$\log_{10}$(cS2 / cS1)",
}
_CELLS = 60  # of a map of expected events, along each axis
_AROUND = 1.3  # the end of the map over the upper end of the region
_CENTRAL = (0.01, 0.99)  # quantiles of what is drawn of the ratio
_SMOOTHED = 1.5  # cells over which the events of a map are averaged, for smooth lines
_SMALL = 0.8  # of the background, at scores of the linear part of their axis
_POINTS = 3000  # more observed events than these are drawn smaller


def draw_observed(
    tables: tuple[pd.DataFrame, pd.DataFrame],
    observed: pd.DataFrame,
    simulated: pd.DataFrame,
    region: Region,
    wimp: Wimp,
) -> Figure:
    """Densities of three quantities, and the map of two of them.

    Args:
        tables: `goodness` and `histograms` of `rates.goodness_of_fit`.
        observed: quantities of `rates.measured` of all observed events that trigger.
        simulated: the same of simulated events in the region, with columns `background` and
            `signal`, the events that they stand for.
        region: region of interest.
        wimp: the benchmark, for the legend.
    """
    goodness, histograms = tables
    figure = Figure(figsize=(PAGE_INCH, 6.0))
    axes = figure.subplots(2, 2)
    for axis, quantity in zip(axes.flat, NAMES, strict=False):
        own = histograms[histograms["quantity"] == quantity]
        _draw_quantity(axis, own, goodness[goodness["quantity"] == quantity])
        axis.set(xlabel=NAMES[quantity], ylabel="events per unit")
    _spread_bulk(axes.flat[0], histograms[histograms["quantity"] == SCORE])
    _draw_map(axes.flat[-1], observed, simulated, region)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    shared = dict(zip(labels, handles, strict=True))
    shared[f"WIMP {wimp.mass_GeV:g} GeV, {wimp.cross_section_cm2:g} cm$^2$"] = shared.pop("WIMP")
    figure.legend(list(shared.values()), list(shared), loc="outside lower center", ncols=3)
    return figure


def _spread_bulk(axis: Axes, bins: pd.DataFrame) -> None:
    """Scores are linear where most of the background lies, and logarithmic beyond."""
    below = np.cumsum(bins["background"]) / bins["background"].sum()
    end = float(bins["high"].iloc[int(np.searchsorted(below, _SMALL))])
    axis.set(yscale="log", xlim=(1.2 * bins["low"].min(), 1.2 * bins["high"].max()))
    axis.set_xscale("symlog", linthresh=abs(end) or 1.0)
    axis.xaxis.set_minor_locator(NullLocator())


def _draw_quantity(axis: Axes, bins: pd.DataFrame, goodness: pd.DataFrame) -> None:
    edges = np.append(bins["low"], bins["high"].iloc[-1])
    width = np.diff(edges)
    background, error = (bins[name].to_numpy() / width for name in ("background", "background_err"))
    signal, events = bins["signal"].to_numpy() / width, bins["events"].to_numpy()
    axis.stairs(background, edges, color=COLOUR["ER"], label="background")
    axis.stairs(
        background + error,
        edges,
        baseline=background - error,
        fill=True,
        color=COLOUR["ER"],
        alpha=0.3,
        label="its uncertainty",
    )
    axis.stairs(signal, edges, color=WIMP_COLOURS[1], label="WIMP")
    axis.errorbar(
        0.5 * (edges[1:] + edges[:-1]),
        events / width,
        np.sqrt(events) / width,
        fmt="ko",
        markersize=2.5,
        linewidth=0.7,
        label="observed",
    )
    p = goodness.set_index("hypothesis")["p_value"]
    title = f"p = {p[BACKGROUND]:.2g}; with fitted signal {p[WITH_SIGNAL]:.2g}"
    axis.set_title(title, fontsize=9)


def _draw_map(axis: Axes, observed: pd.DataFrame, simulated: pd.DataFrame, region: Region) -> None:
    """Observed events, and where half and 90 % of the expected background and of WIMPs lie."""
    low, high = region.cs1_photons
    ratios = np.quantile(simulated[LOG_RATIO], _CENTRAL)
    room = 0.5 * np.ptp(ratios)
    edges = (
        np.linspace(0, _AROUND * high, _CELLS + 1),
        np.linspace(ratios[0] - room, ratios[1] + room, _CELLS + 1),
    )
    size = 3.0 if len(observed) < _POINTS else 0.5
    axis.scatter(observed[CS1], observed[LOG_RATIO], s=size, c="0.55", rasterized=True)
    centres = [0.5 * (own[1:] + own[:-1]) for own in edges]
    for name, colour in (("background", COLOUR["ER"]), ("signal", WIMP_COLOURS[1])):
        events, *_ = np.histogram2d(
            simulated[CS1], simulated[LOG_RATIO], edges, weights=simulated[name]
        )
        density = gaussian_filter(events.T, _SMOOTHED)
        levels = sorted({_level(density, share) for share in (0.5, 0.9)})
        if density.any():
            axis.contour(*centres, density, levels, colors=colour, linewidths=1.2)
    for edge in (low, high):
        axis.axvline(edge, color="k", linestyle=":", linewidth=1)
    axis.set(xlim=edges[0][[0, -1]], ylim=edges[1][[0, -1]])
    axis.set(xlabel=NAMES[CS1], ylabel=NAMES[LOG_RATIO])
    axis.set_title("observed events; dotted: the region", fontsize=9)


def _level(density: NDArray[np.float64], share: float) -> float:
    """The density above which a `share` of the events lie."""
    descending = np.sort(density, axis=None)[::-1]
    return float(descending[np.searchsorted(np.cumsum(descending), share * density.sum())])


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    detector, wimp = (
        Detector.model_validate(params["detector"]),
        Wimp.model_validate(params["benchmark"]),
    )
    observed = measured(inputs["observed"], inputs["observed_shards"], detector)
    simulated = measured(inputs["background"], inputs["shards"], detector)
    weighted = read_weighted_scores(inputs["weighted"][0])
    of_signal = weighted["mass_GeV"] > 0
    for name, rows in (("background", weighted[~of_signal]), ("signal", weighted[of_signal])):
        simulated[name] = rows.groupby("event")["weight"].sum().reindex(simulated.index).fillna(0)
    simulated = simulated[(simulated["background"] > 0) | (simulated["signal"] > 0)]
    region = Region.model_validate(params["region"])
    tables = read_table(inputs["goodness"][0]), read_table(inputs["histograms"][0])
    return draw_observed(tables, observed, simulated, region, wimp)
