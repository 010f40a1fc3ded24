"""An example arrow, after Ghrear et al. 2024, figure 7."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.figures.style import COLUMN_INCH
from pipeline.gas.figures.tracks3d import count_scale, draw_stage
from pipeline.gas.voxels.stages import VOXELS


def draw_arrow(voxels: pd.DataFrame) -> Figure:
    """The voxels of one arrow: the stage `VOXELS` of `voxels.stages.track_stages`."""
    figure = Figure(figsize=(COLUMN_INCH, 3.5))
    axis, drawn = draw_stage(figure, (1, 1, 1), voxels)
    count_scale(figure, drawn, [axis])
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    stages = read_tables(inputs["stages"])
    return draw_arrow(stages[stages["stage"] == VOXELS])
