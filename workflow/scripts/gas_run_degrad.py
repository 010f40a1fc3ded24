"""Run the user's Degrad once, with the seed of this part."""

from pipeline.core.job import job
from pipeline.core.seeds import seed_words
from pipeline.gas.config.sources import DegradRun
from pipeline.gas.tracks.degrad_run import run_degrad

with job(snakemake):
    part, wildcards = snakemake.params.part, snakemake.wildcards
    # Degrad reads the seed from a column of ten digits and takes 0 for its own default.
    words = seed_words(part["seed"], "degrad", wildcards.source, wildcards.part)
    run_degrad(
        DegradRun.model_validate(part["block"]),
        1 + words[0] % 99_999_999,
        snakemake.output.output,
        snakemake.output.degrad_log,
    )
