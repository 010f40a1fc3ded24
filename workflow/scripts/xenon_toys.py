"""One batch of pseudo-experiments of the search: of a WIMP mass, or of background alone."""

from pipeline.core.job import job
from pipeline.statistics.excess.config import ToySet
from pipeline.statistics.excess.stage import write_toys
from pipeline.xenon.rates.samples import read_samples
from pipeline.xenon.rates.weighted_scores import warn_if_few

with job(snakemake):
    inputs, block = snakemake.input, snakemake.params.block
    toys = ToySet.model_validate(block["toys"])
    alone = toys.mass_GeV is None
    masses_GeV = [] if alone else [toys.mass_GeV]
    samples = read_samples(inputs.scores, inputs.shards, inputs.trigger, masses_GeV, block)
    if alone:
        warn_if_few(samples, max(toys.cross_sections_cm2))
    write_toys(
        snakemake.output.toys,
        samples,
        toys,
        seed=block["seed"],
        identity=("xenon", "toys"),
        batch=int(snakemake.wildcards.batch),
    )
