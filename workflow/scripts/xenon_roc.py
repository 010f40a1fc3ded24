"""ROC curves of classifier and anomaly score on the test samples."""

import pandas as pd

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.xenon.darwin.separation import SCORES, roc_table

with job(snakemake), written_whole(snakemake.output.table) as temporary:
    columns = ["recoil", "energy_keV", "triggered", *SCORES]
    events = pd.concat(pd.read_parquet(path, columns=columns) for path in snakemake.input.scores)
    roc_table(events).to_csv(temporary, index=False)
