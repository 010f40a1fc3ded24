"""Draw the loss curves of all networks."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.loss_curves import draw_loss_curves

with job(snakemake):
    architectures = snakemake.params.architectures
    histories = {
        name: pd.read_csv(path)
        for name, path in zip(architectures, snakemake.input.histories, strict=True)
    }
    save(draw_loss_curves(histories, architectures), snakemake.output)
