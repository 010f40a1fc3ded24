"""Draw the test statistics of the benchmark's pseudo-experiments."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.toys import merge
from pipeline.xenon.figures.statistic import draw_statistic

with job(snakemake):
    block = snakemake.params.block
    toys = merge(pd.read_parquet(path) for path in snakemake.input.toys)
    wimp = Wimp.model_validate(block["benchmark"])
    save(draw_statistic(toys, wimp, block["exposure_t_yr"]), snakemake.output)
