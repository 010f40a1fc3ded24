"""Draw the losses of the autoencoder: samples, and pseudo-data against background."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.xenon.config.images import ImageSearch
from pipeline.xenon.figures.image_losses import draw_losses

with job(snakemake):
    block = snakemake.params.block
    search = ImageSearch.model_validate(block["search"])
    table = pd.read_csv(snakemake.input.losses)
    figure = draw_losses(table, block["mass_GeV"], search.wimps[0], search.shown_exposure_t_yr)
    save(figure, snakemake.output)
