"""Draw simulated beside reference tracks."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.track_observables import draw_track_observables

with job(snakemake):
    distances = pd.read_csv(snakemake.input.distances)
    histograms = pd.read_csv(snakemake.input.histograms)
    save(draw_track_observables(distances, histograms), snakemake.output)
