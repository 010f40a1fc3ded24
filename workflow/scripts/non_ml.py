"""Non-ML on one test set: tune it and predict with its four variants."""

from pathlib import Path

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.gas.baselines.predictions import non_ml_predictions
from pipeline.gas.config.evaluation import NonML
from pipeline.statistics.directional.predictions import write_predictions

with job(snakemake):
    tables, tuning = non_ml_predictions(
        [Path(path) for path in snakemake.input.shards],
        NonML.model_validate(snakemake.params.non_ml),
    )
    for path, table in zip(snakemake.output.tables, tables.values(), strict=True):
        write_predictions(path, table)
    with written_whole(snakemake.output.tuning) as temporary:
        tuning.to_csv(temporary, index=False)
