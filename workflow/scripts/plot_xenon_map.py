"""Draw the significance over WIMP mass and cross-section."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.xenon.config.search import WimpMap
from pipeline.xenon.figures.map import draw_map

with job(snakemake):
    block = snakemake.params.block
    table = pd.read_parquet(snakemake.input.table)
    save(
        draw_map(table, WimpMap.model_validate(block["map"]), block["levels_sigma"]),
        snakemake.output,
    )
