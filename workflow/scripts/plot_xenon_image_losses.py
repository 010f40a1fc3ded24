"""Draw the losses of the autoencoder: samples, and pseudo-data against background."""

import pandas as pd

from pipeline.config.xenon.images import ImageSearch
from pipeline.plots.style import save
from pipeline.plots.xenon_image_losses import draw_losses
from pipeline.scripting import job

with job(snakemake):
    block = snakemake.params.block
    search = ImageSearch.model_validate(block["search"])
    table = pd.read_csv(snakemake.input.losses)
    figure = draw_losses(table, block["mass_GeV"], search.wimps[0], search.shown_exposure_t_yr)
    save(figure, snakemake.output)
