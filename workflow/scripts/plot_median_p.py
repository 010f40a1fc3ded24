"""Draw the median p-value against the number of recoils."""

import pandas as pd

from pipeline.plots.hypothesis_test import draw_median_p
from pipeline.plots.style import save
from pipeline.scripting import job

with job(snakemake):
    params = snakemake.params
    figure = draw_median_p(
        pd.read_parquet(snakemake.input.power),
        params.names,
        params.levels,
        snakemake.wildcards.test,
        params.signal_fraction,
        params.toys,
    )
    save(figure, snakemake.output)
