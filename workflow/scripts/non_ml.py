"""Non-ML on one test set: tune it and predict with its four variants."""

from pathlib import Path

from pipeline.config.evaluation import NonML
from pipeline.direction.baselines import non_ml_predictions
from pipeline.direction.predictions import write_predictions
from pipeline.files import written_whole
from pipeline.scripting import job

with job(snakemake):
    tables, tuning = non_ml_predictions(
        [Path(path) for path in snakemake.input.shards],
        NonML.model_validate(snakemake.params.non_ml),
    )
    for path, table in zip(snakemake.output.tables, tables.values(), strict=True):
        write_predictions(path, table)
    with written_whole(snakemake.output.tuning) as temporary:
        tuning.to_csv(temporary, index=False)
