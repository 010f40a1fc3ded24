"""The anomaly score of one sample, with the chosen beta and R."""

import pandas as pd

from pipeline.scripting import job
from pipeline.xenon.anomaly.scan import chosen_weights
from pipeline.xenon.anomaly.score import write_scores

with job(snakemake):
    weights = chosen_weights(pd.read_csv(snakemake.input.scan))
    write_scores(snakemake.output.table, snakemake.input.terms, *weights)
