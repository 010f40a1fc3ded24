"""Best-Expected on one test set: scan its radius and predict with the best one."""

from pathlib import Path

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.gas.baselines.predictions import best_expected_predictions
from pipeline.gas.config.evaluation import BestExpected
from pipeline.statistics.directional.predictions import write_predictions

with job(snakemake):
    table, scan = best_expected_predictions(
        [Path(path) for path in snakemake.input.shards],
        BestExpected.model_validate(snakemake.params.best_expected),
    )
    write_predictions(snakemake.output.table, table)
    with written_whole(snakemake.output.scan) as temporary:
        scan.to_csv(temporary, index=False)
