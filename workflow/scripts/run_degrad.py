"""Run the user's Degrad once, with the seed of this part."""

from pipeline.config.sources import DegradRun
from pipeline.provenance import seed_words
from pipeline.scripting import job
from pipeline.tracks.degrad_run import run_degrad

with job(snakemake):
    part = snakemake.params.part
    # Degrad reads the seed from a column of ten digits and takes 0 for its own default.
    seed = 1 + seed_words(part["seed"], "degrad", *snakemake.wildcards)[0] % 99_999_999
    run_degrad(
        DegradRun.model_validate(part["block"]),
        seed,
        snakemake.output.output,
        snakemake.output.degrad_log,
    )
