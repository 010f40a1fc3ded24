"""Draw simulated beside reference tracks."""

import pandas as pd

from pipeline.plots.style import save
from pipeline.plots.track_observables import draw_track_observables
from pipeline.scripting import job

with job(snakemake):
    distances = pd.read_csv(snakemake.input.distances)
    histograms = pd.read_csv(snakemake.input.histograms)
    save(draw_track_observables(distances, histograms), snakemake.output)
