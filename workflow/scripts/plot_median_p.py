"""Draw the median p-value against the number of recoils."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.hypothesis_test import draw_median_p

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
