"""Draw the test statistics of the benchmark's pseudo-experiments."""

import pandas as pd

from pipeline.config.xenon.search import Wimp
from pipeline.inference.excess_toys import merge
from pipeline.plots.style import save
from pipeline.plots.xenon_statistic import draw_statistic
from pipeline.scripting import job

with job(snakemake):
    block = snakemake.params.block
    toys = merge(pd.read_parquet(path) for path in snakemake.input.toys)
    wimp = Wimp.model_validate(block["benchmark"])
    save(draw_statistic(toys, wimp, block["exposure_t_yr"]), snakemake.output)
