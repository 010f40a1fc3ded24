"""Angular resolution of all methods against the energy, beside what is attainable."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import PAGE_INCH, panels
from pipeline.gas.figures.methods import TRUE_HEAD_TAIL, looks
from pipeline.physics.straight_fit import (
    DENSITY_ENERGIES_KEV,
    SIMULATED,
    SIMULATED_SMEARING_UM,
    least_width_deg,
)

ATTAINABLE = "straight fit, start known"
PUBLISHED = f"straight fit to Degrad tracks, {SIMULATED_SMEARING_UM:g} $\\mu$m, published"
# The width goes as the fourth root of the smearing: within these it changes by less than 3 %.
_NEAR = 0.1


def draw_resolution(table: pd.DataFrame, known_gas: Collection[str]) -> Figure:
    """A panel for each smearing: width of the core of the projected angle against the energy.

    Args:
        table: tables of `evaluation.resolution.resolution_table`.
        known_gas: test sets in the gas of `least_width_deg`, which is drawn for their smearings,
            and so are the published simulations where the smearing is about theirs.
    """
    rows = table[~table["method"].str.endswith(TRUE_HEAD_TAIL)]  # the same axes
    smearings = sorted(rows["sigma_um"].unique())
    figure = Figure(figsize=(PAGE_INCH, 0.6 + 2.6 * -(-len(smearings) // 2)))
    look = looks(rows["method"].unique())
    axes = panels(figure, len(smearings))
    drawn: dict[str, Any] = {}
    for axis, smearing in zip(axes, smearings, strict=True):
        shown = rows[rows["sigma_um"] == smearing]
        if shown["test_set"].isin(known_gas).any():
            energy = np.linspace(DENSITY_ENERGIES_KEV[0], DENSITY_ENERGIES_KEV[-1], 41)
            width = least_width_deg(energy, smearing)
            (line,) = axis.plot(energy, width, "--", color="0.4", linewidth=1)
            drawn.setdefault(ATTAINABLE, line)
            if abs(smearing / SIMULATED_SMEARING_UM - 1) < _NEAR:
                points = np.transpose(SIMULATED)
                how: dict[str, Any] = {"fmt": "D", "color": "0.4", "markerfacecolor": "white"}
                drawn.setdefault(PUBLISHED, axis.errorbar(*points, **how))
        for method, own in shown.sort_values("energy_keV").groupby("method", sort=False):
            colour, marker = look[str(method)].colour, look[str(method)].marker
            values, errors = own["core_width_deg"], own["core_width_deg_err"]
            bars = axis.errorbar(own["energy_keV"], values, errors, color=colour, marker=marker)
            drawn.setdefault(str(method), bars)
        axis.set(title=rf"smearing {smearing:g} $\mu$m", xlabel="recoil energy [keV]")
        axis.set_ylim(bottom=0)
    axes[0].set_ylabel("width of the projected angle [deg]")
    figure.legend(list(drawn.values()), list(drawn), loc="outside lower center", ncols=3)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_resolution(read_tables(inputs["resolution"]), params["known_gas"])
