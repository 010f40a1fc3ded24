"""Colour, marker and name of each test of the search, the same in all figures."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from pipeline.figures.style import COLOURS, Look
from pipeline.statistics.excess.extended_poisson import ANOMALY, COUNTING, LIKELIHOOD_RATIO, SHAPE

LOOKS = {
    ANOMALY: Look(COLOURS[0], "o"),
    COUNTING: Look(COLOURS[7], "s"),
    SHAPE: Look(COLOURS[2], "^"),
    LIKELIHOOD_RATIO: Look(COLOURS[6], "D"),
}
NAMES = {
    ANOMALY: "extended likelihood of TS",
    COUNTING: "counting alone",
    SHAPE: "shape of TS alone",
    LIKELIHOOD_RATIO: "likelihood ratio (knows the WIMP)",
}
PUBLISHED = Look(COLOURS[1], "*")  # the significance from arXiv 2410.00755


def mark_outnumbered(axis: Axes, rows: pd.DataFrame) -> None:
    """Cross out significances at exposures whose background outnumbers the simulated events."""
    marked = rows[rows["outnumbered"]]
    axis.plot(marked["exposure_t_yr"], marked["significance"], "kx", markersize=4)


def sigma_levels(levels_sigma: Sequence[float]) -> dict[str, float]:
    """Significances by their labels in figures."""
    return {rf"{level:g}$\sigma$": level for level in levels_sigma}
