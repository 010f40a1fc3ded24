"""Draw the cosine distance against the efficiency cut."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.gas.figures.cut_scan import draw_cut_scan

with job(snakemake):
    scans, crossings = (
        pd.concat(map(pd.read_csv, files), ignore_index=True)
        for files in (snakemake.input.scans, snakemake.input.crossings)
    )
    save(draw_cut_scan(scans, crossings, pd.read_csv(snakemake.input.summary)), snakemake.output)
