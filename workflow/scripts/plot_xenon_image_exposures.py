"""Draw significances of the image search against exposure."""

import pandas as pd

from pipeline.config.xenon.images import ImageSearch
from pipeline.plots.style import save
from pipeline.plots.xenon_image_exposures import draw_exposures
from pipeline.scripting import job

with job(snakemake):
    search = ImageSearch.model_validate(snakemake.params.block)
    table = pd.read_csv(snakemake.input.table)
    save(draw_exposures(table, search.wimps, search.levels_sigma), snakemake.output)
