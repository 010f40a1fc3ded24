"""Draw the benchmark's significance against exposure."""

import pandas as pd

from pipeline.config.xenon.search import Wimp
from pipeline.plots.style import save
from pipeline.plots.xenon_significance import draw_significance
from pipeline.scripting import job

with job(snakemake):
    block = snakemake.params.block
    table, wimp = pd.read_parquet(snakemake.input.table), Wimp.model_validate(block["benchmark"])
    save(draw_significance(table, wimp, block["levels_sigma"]), snakemake.output)
