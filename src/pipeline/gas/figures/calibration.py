"""Calibration of the predicted kappa, after Ghrear et al. 2024, figure 6."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_table
from pipeline.figures.style import COLOURS, PAGE_INCH


def draw_calibration(
    histograms: Mapping[str, pd.DataFrame], calibrations: Mapping[str, pd.DataFrame]
) -> Figure:
    """Two panels per network: angle against kappa, and fitted against predicted kappa.

    Args:
        histograms: by network, tables of `calibration.kappa_angle_histogram`.
        calibrations: by network, tables of `calibration.kappa_calibration`.
    """
    figure = Figure(figsize=(PAGE_INCH, 2.9 * len(histograms)))
    rows = figure.subplots(len(histograms), 2, squeeze=False)
    for (left, right), (network, histogram) in zip(rows, histograms.items(), strict=True):
        calibration = calibrations[network].query("events > 0")
        _draw_angles(left, histogram, calibration)
        _draw_fits(right, calibration)
        left.set_title(f"{network}:\nangle against predicted $\\kappa$")
        right.set_title(f"{network}:\nfitted against predicted $\\kappa$")
    return figure


def _draw_angles(axis: Axes, histogram: pd.DataFrame, calibration: pd.DataFrame) -> None:
    kappa = np.append(histogram["kappa_low"].unique(), histogram["kappa_high"].max())
    angle = np.append(histogram["angle_low_deg"].unique(), histogram["angle_high_deg"].max())
    events = histogram["events"].to_numpy().reshape(len(kappa) - 1, len(angle) - 1)
    mesh = axis.pcolormesh(
        kappa,
        angle,
        np.ma.masked_equal(events, 0).T,
        norm=LogNorm(1, max(events.max(), 2)),
        cmap="Blues",
        rasterized=True,
    )
    axis.figure.colorbar(mesh, ax=axis, label="events")
    axis.errorbar(
        _centres(calibration),
        calibration["mean_angle_deg"],
        calibration["mean_angle_err_deg"],
        fmt=".",
        color=COLOURS[1],
        linewidth=1,
        label="mean angle",
    )
    axis.plot(
        _centres(calibration),
        calibration["expected_angle_deg"],
        "k--",
        linewidth=1,
        zorder=3,
        label="expected mean angle",
    )
    axis.set(xlabel=r"predicted $\kappa$", ylabel=r"angle to true direction $\theta$ [deg]")
    axis.set(xlim=(kappa[0], kappa[-1]), ylim=(0, 180))
    axis.legend(loc="upper right")


def _draw_fits(axis: Axes, calibration: pd.DataFrame) -> None:
    low, high = calibration["kappa_low"].min(), calibration["kappa_high"].max()
    width = calibration["kappa_high"].iloc[0] - calibration["kappa_low"].iloc[0]
    ends = np.array([low, high])
    axis.plot(ends, ends, "k-", linewidth=1, label="perfect agreement")
    axis.plot(ends, ends + width, "k--", linewidth=0.8, label=r"$\pm$ one bin")
    axis.plot(ends, ends - width, "k--", linewidth=0.8)
    axis.errorbar(
        _centres(calibration),
        calibration["kappa_fit"],
        calibration["kappa_fit_err"],
        fmt="o",
        markersize=3,
        color=COLOURS[0],
        linewidth=1,
        label="von Mises-Fisher fit",
    )
    axis.set(xlabel=r"predicted $\kappa$, bin centre", ylabel=r"fitted $\kappa$")
    axis.set(xlim=(low, high), ylim=(0, None))
    axis.legend(loc="upper left")


def _centres(calibration: pd.DataFrame) -> pd.Series:
    return 0.5 * (calibration["kappa_low"] + calibration["kappa_high"])


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    histograms, calibrations = (
        dict(zip(params["networks"], map(read_table, inputs[name]), strict=True))
        for name in ("histograms", "calibrations")
    )
    return draw_calibration(histograms, calibrations)
