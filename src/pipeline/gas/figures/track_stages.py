"""One recoil at each stage of the processing, after Ghrear et al. 2024, figures 1 and 4."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import PAGE_INCH
from pipeline.gas.figures.tracks3d import count_scale, draw_stage
from pipeline.gas.voxels.stages import DRIFTED


def draw_track_stages(stages: pd.DataFrame) -> Figure:
    """One 3D panel per stage, side by side, from a table of `voxels.stages.track_stages`."""
    names = list(stages["stage"].unique())
    figure = Figure(figsize=(PAGE_INCH, 3.3))
    # 3D panels would overlap a title of the figure.
    figure.set_layout_engine("constrained", rect=(0, 0, 1, 0.92))
    axes = []
    for i, name in enumerate(names):
        axis, drawn = draw_stage(figure, (1, len(names), i + 1), stages[stages["stage"] == name])
        axis.set_title(f"({'abc'[i]}) {name}", fontsize=9)
        axes.append(axis)
    count_scale(figure, drawn, axes, charge=DRIFTED in names)
    energy_keV, sigma_um = stages[["energy_keV", "sigma_um"]].iloc[0]
    spread = "diffusion" if DRIFTED in names else "smearing"
    title = f"{energy_keV:.0f} keV electron, {spread} {sigma_um:.0f} µm"
    figure.text(0.5, 0.99, title, ha="center", va="top")
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_track_stages(read_tables(inputs["stages"]))
