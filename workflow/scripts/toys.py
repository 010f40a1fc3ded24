"""One batch of toys of one method on one test set."""

from pipeline.config.inference import HypothesisTest
from pipeline.inference.stage import write_toys
from pipeline.scripting import job

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
