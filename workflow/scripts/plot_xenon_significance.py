"""Draw the benchmark's significance against exposure."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.figures.significance import draw_significance

with job(snakemake):
    block = snakemake.params.block
    table, wimp = pd.read_parquet(snakemake.input.table), Wimp.model_validate(block["benchmark"])
    save(draw_significance(table, wimp, block["levels_sigma"]), snakemake.output)
