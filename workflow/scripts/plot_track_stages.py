"""Draw one recoil at each stage of the processing."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.track_stages import draw_track_stages

with job(snakemake):
    save(draw_track_stages(pd.read_parquet(snakemake.input.stages)), snakemake.output)
