"""Draw the recoils needed against the signal fraction."""

import pandas as pd

from pipeline.plots.hypothesis_test import draw_needed_by_signal
from pipeline.plots.style import save
from pipeline.scripting import job

with job(snakemake):
    needed = pd.read_parquet(snakemake.input.needed)
    figure = draw_needed_by_signal(needed, snakemake.params.names, snakemake.wildcards.test)
    save(figure, snakemake.output)
