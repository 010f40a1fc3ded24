"""The anomaly score of one sample, with the chosen beta and R."""

import pandas as pd

from pipeline.core.job import job
from pipeline.xenon.darwin.scan import chosen_weights
from pipeline.xenon.darwin.score import write_scores

with job(snakemake):
    weights = chosen_weights(pd.read_csv(snakemake.input.scan))
    write_scores(snakemake.output.table, snakemake.input.terms, *weights)
