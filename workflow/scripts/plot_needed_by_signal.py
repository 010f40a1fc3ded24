"""Draw the recoils needed against the signal fraction."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.hypothesis_test import draw_needed_by_signal

with job(snakemake):
    needed = pd.read_parquet(snakemake.input.needed)
    figure = draw_needed_by_signal(needed, snakemake.params.names, snakemake.wildcards.test)
    save(figure, snakemake.output)
