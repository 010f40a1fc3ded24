"""Draw the significance over WIMP mass and cross-section."""

import pandas as pd

from pipeline.config.xenon.search import WimpMap
from pipeline.plots.style import save
from pipeline.plots.xenon_map import draw_map
from pipeline.scripting import job

with job(snakemake):
    block = snakemake.params.block
    table = pd.read_parquet(snakemake.input.table)
    save(
        draw_map(table, WimpMap.model_validate(block["map"]), block["levels_sigma"]),
        snakemake.output,
    )
