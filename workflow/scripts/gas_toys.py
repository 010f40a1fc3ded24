"""One batch of toys of one method on one test set."""

from pipeline.core.job import job
from pipeline.statistics.directional.config import HypothesisTest
from pipeline.statistics.directional.stage import write_toys

with job(snakemake):
    block, wildcards = snakemake.params.block, snakemake.wildcards
    write_toys(
        snakemake.output.toys,
        snakemake.input.predictions,
        HypothesisTest.model_validate(block["hypothesis_test"]),
        seed=block["seed"],
        test_set=wildcards.test,
        method=wildcards.method,
        batch=int(wildcards.batch),
    )
