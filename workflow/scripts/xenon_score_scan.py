"""Scan beta and R on validation events, and choose."""

import pandas as pd

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.xenon.darwin.scan import scan_scores
from pipeline.xenon.darwin.score import read_terms

with job(snakemake):
    terms = pd.concat([read_terms(path) for path in snakemake.input.terms])
    with written_whole(snakemake.output.table) as temporary:
        scan_scores(terms, snakemake.params.ratios).to_csv(temporary, index=False)
