"""Draw one recoil at each stage of the processing."""

import pandas as pd

from pipeline.plots.style import save
from pipeline.plots.track_stages import draw_track_stages
from pipeline.scripting import job

with job(snakemake):
    save(draw_track_stages(pd.read_parquet(snakemake.input.stages)), snakemake.output)
