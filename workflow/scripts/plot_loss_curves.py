"""Draw the loss curves of all networks."""

import pandas as pd

from pipeline.plots.loss_curves import draw_loss_curves
from pipeline.plots.style import save
from pipeline.scripting import job

with job(snakemake):
    architectures = snakemake.params.architectures
    histories = {
        name: pd.read_csv(path)
        for name, path in zip(architectures, snakemake.input.histories, strict=True)
    }
    save(draw_loss_curves(histories, architectures), snakemake.output)
