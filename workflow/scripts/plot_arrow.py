"""Draw a voxelised arrow."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.arrow import draw_arrow
from pipeline.gas.voxels.stages import VOXELS

with job(snakemake):
    stages = pd.read_parquet(snakemake.input.stages[0])
    save(draw_arrow(stages[stages["stage"] == VOXELS]), snakemake.output)
