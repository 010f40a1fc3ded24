"""Shifts of the barycentre with the analyser."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params
from pipeline.emulsion.figures.looks import lines_of
from pipeline.emulsion.published import SHIFTS
from pipeline.figures.style import PAGE_INCH

_MOST_NM, _BINS = 120.0, 60


def draw_shifts(shift_nm: Mapping[str, np.ndarray], published_names: Mapping[str, str]) -> Figure:
    """Left: histograms. Right: share of clusters with a larger shift, with published shares."""
    figure = Figure(figsize=(PAGE_INCH, 3.4))
    left, right = figure.subplots(1, 2)
    samples = list(shift_nm)
    looks = lines_of(samples, published_names)
    edges = np.linspace(0, _MOST_NM, _BINS + 1)
    for name, shift in shift_nm.items():
        look = looks[name]
        counts, _ = np.histogram(shift, edges)
        left.stairs(counts / len(shift) / np.diff(edges), edges, label=name, **look)
        above = 1 - np.searchsorted(np.sort(shift), edges, side="right") / len(shift)
        right.plot(edges, above, **look)
    for point in SHIFTS:
        word = f"{point.particle}{point.energy_keV or '':g}" if point.energy_keV else point.particle
        own = [name for name in samples if published_names.get(name) == word]
        # The published ions are those of a beam.
        for name in own[-1:]:
            colour = looks[name]["color"]
            right.plot(
                point.shift_nm, point.share, "s", color=colour, markerfacecolor="white", zorder=3
            )
    left.set(xlabel="shift [nm]", ylabel="density [1/nm]", xlim=(0, _MOST_NM))
    right.set(xlabel="shift [nm]", ylabel="share with a larger shift", xlim=(0, _MOST_NM))
    right.set(yscale="log", ylim=(1e-3, 1))
    left.legend(fontsize=7, ncols=2)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    shifts = {}
    for name, path in zip(params["samples"], inputs["observables"], strict=True):
        shift = pd.read_parquet(path, columns=["shift_nm"])["shift_nm"].to_numpy(np.float64)
        shifts[name] = shift[np.isfinite(shift)]
    return draw_shifts(shifts, params["published_names"])
