"""Draw the distributions of the angle to the true direction."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.angular_resolution import draw_angular_resolution

with job(snakemake):
    angles = pd.concat(map(pd.read_csv, snakemake.input.angles), ignore_index=True)
    save(draw_angular_resolution(angles), snakemake.output)
