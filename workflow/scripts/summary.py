"""Join the summaries of all test sets."""

import pandas as pd

from pipeline.core.files import written_whole
from pipeline.core.job import job

with job(snakemake), written_whole(snakemake.output.table) as temporary:
    tables = [pd.read_csv(path) for path in snakemake.input.tables]
    pd.concat(tables, ignore_index=True).to_csv(temporary, index=False)
