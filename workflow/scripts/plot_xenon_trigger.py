"""Draw what the detector sees of recoils."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.xenon.figures.trigger import draw_trigger

with job(snakemake):
    save(draw_trigger(pd.read_csv(snakemake.input.table)), snakemake.output)
