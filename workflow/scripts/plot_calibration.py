"""Draw the calibration of every network with kappa."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.calibration import draw_calibration

with job(snakemake):
    histograms, calibrations = (
        dict(zip(snakemake.params.networks, map(pd.read_csv, files), strict=True))
        for files in (snakemake.input.histograms, snakemake.input.calibrations)
    )
    save(draw_calibration(histograms, calibrations), snakemake.output)
