"""Accuracy of the classifier on events that it has not learnt from."""

import pandas as pd

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.xenon.darwin.accuracy import accuracy_table
from pipeline.xenon.darwin.score import read_terms

with job(snakemake):
    sets = {name: pd.concat(map(read_terms, files)) for name, files in snakemake.input.items()}
    with written_whole(snakemake.output.table) as temporary:
        accuracy_table(sets).to_csv(temporary, index=False)
