"""Scan beta and R on validation events, and choose."""

import pandas as pd

from pipeline.files import written_whole
from pipeline.scripting import job
from pipeline.xenon.anomaly.scan import scan_scores
from pipeline.xenon.anomaly.score import read_terms

with job(snakemake):
    terms = pd.concat([read_terms(path) for path in snakemake.input.terms])
    with written_whole(snakemake.output.table) as temporary:
        scan_scores(terms, snakemake.params.ratios).to_csv(temporary, index=False)
