"""Join the predictions of the networks of an ensemble."""

from pipeline.core.job import job
from pipeline.gas.networks.ensemble import combined
from pipeline.statistics.directional.predictions import read_predictions, write_predictions

with job(snakemake):
    table = combined([read_predictions(path) for path in snakemake.input.members])
    write_predictions(snakemake.output.table, table)
