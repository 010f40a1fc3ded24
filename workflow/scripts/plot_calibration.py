"""Draw the calibration of every network with kappa."""

import pandas as pd

from pipeline.plots.calibration import draw_calibration
from pipeline.plots.style import save
from pipeline.scripting import job

with job(snakemake):
    histograms, calibrations = (
        dict(zip(snakemake.params.networks, map(pd.read_csv, files), strict=True))
        for files in (snakemake.input.histograms, snakemake.input.calibrations)
    )
    save(draw_calibration(histograms, calibrations), snakemake.output)
