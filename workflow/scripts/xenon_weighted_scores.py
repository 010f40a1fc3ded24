"""Weight the scores of simulated events to backgrounds and the benchmark WIMP."""

from pipeline.core.job import job
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.weighted_scores import weigh_files, write_weighted_scores

with job(snakemake):
    inputs, block = snakemake.input, snakemake.params.block
    rates, masses_GeV = Rates.model_validate(block["rates"]), [block["mass_GeV"]]
    table = weigh_files(inputs.scores, inputs.trigger, rates, masses_GeV, block["spectra"])
    write_weighted_scores(snakemake.output.table, table)
