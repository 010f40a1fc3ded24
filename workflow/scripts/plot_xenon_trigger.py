"""Draw what the detector sees of recoils."""

import pandas as pd

from pipeline.plots.style import save
from pipeline.plots.xenon_trigger import draw_trigger
from pipeline.scripting import job

with job(snakemake):
    save(draw_trigger(pd.read_csv(snakemake.input.table)), snakemake.output)
