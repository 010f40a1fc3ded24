"""Draw the recoils needed against the cut on kappa."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.hypothesis_test import draw_needed_by_cut

with job(snakemake):
    params = snakemake.params
    needed = pd.read_parquet(snakemake.input.needed)
    test = snakemake.wildcards.test
    save(draw_needed_by_cut(needed, params.names, test, params.signal_fraction), snakemake.output)
