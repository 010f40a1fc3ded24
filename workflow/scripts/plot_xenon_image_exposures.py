"""Draw significances of the image search against exposure."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.xenon.config.images import ImageSearch
from pipeline.xenon.figures.image_exposures import draw_exposures

with job(snakemake):
    search = ImageSearch.model_validate(snakemake.params.block)
    table = pd.read_csv(snakemake.input.table)
    save(draw_exposures(table, search.wimps, search.levels_sigma), snakemake.output)
