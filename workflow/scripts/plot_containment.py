"""Draw the contained fractions."""

import pandas as pd

from pipeline.plots.containment import draw_containment
from pipeline.plots.style import save
from pipeline.scripting import job

with job(snakemake):
    table = pd.read_csv(snakemake.input.table)
    save(draw_containment(table, snakemake.params.published), snakemake.output)
