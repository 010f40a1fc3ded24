"""Draw the latent space of the autoencoder."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.xenon.figures.latent import draw_latent

with job(snakemake):
    scores = {}
    for name, path in (
        ("electronic recoils", snakemake.input.er[0]),
        ("nuclear recoils", snakemake.input.nr[0]),
    ):
        table = pd.read_parquet(path, columns=["energy_keV", "triggered", "latent_mean"])
        scores[name] = table[table["triggered"]]
    save(draw_latent(scores), snakemake.output)
