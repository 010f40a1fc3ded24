"""One batch of pseudo-experiments of the search: of a WIMP mass, or of background alone."""

from pipeline.core.job import job
from pipeline.statistics.excess.config import ToySet
from pipeline.statistics.excess.stage import write_toys
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.weighted_scores import search_samples, warn_if_few, weigh_files

with job(snakemake):
    inputs, block = snakemake.input, snakemake.params.block
    toys, rates = ToySet.model_validate(block["toys"]), Rates.model_validate(block["rates"])
    alone = toys.mass_GeV is None
    masses_GeV = [] if alone else [toys.mass_GeV]
    samples = search_samples(
        weigh_files(inputs.scores, inputs.trigger, rates, masses_GeV, block["spectra"]),
        rates,
    )
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
