"""Draw the distributions of the angle to the true direction."""

import pandas as pd

from pipeline.plots.angular_resolution import draw_angular_resolution
from pipeline.plots.style import save
from pipeline.scripting import job

with job(snakemake):
    angles = pd.concat(map(pd.read_csv, snakemake.input.angles), ignore_index=True)
    save(draw_angular_resolution(angles), snakemake.output)
