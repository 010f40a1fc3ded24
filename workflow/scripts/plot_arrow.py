"""Draw a voxelised arrow."""

import pandas as pd

from pipeline.plots.arrow import draw_arrow
from pipeline.plots.style import save
from pipeline.scripting import job
from pipeline.voxels.stages import VOXELS

with job(snakemake):
    stages = pd.read_parquet(snakemake.input.stages[0])
    save(draw_arrow(stages[stages["stage"] == VOXELS]), snakemake.output)
