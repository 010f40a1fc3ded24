"""Draw the contained fractions."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.containment import draw_containment

with job(snakemake):
    table = pd.read_csv(snakemake.input.table)
    save(draw_containment(table, snakemake.params.published), snakemake.output)
