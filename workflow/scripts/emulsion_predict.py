"""Predict the clusters of some samples, or the validation clusters of a network, with it."""

from pathlib import Path

from pipeline.core.job import job
from pipeline.emulsion.config.networks import read_network
from pipeline.emulsion.networks.prediction import write_predictions
from pipeline.emulsion.networks.training import choice_of

with job(snakemake):
    block = snakemake.params.block
    settings = read_network(block["network"])
    shards = {sample: [Path(p) for p in paths] for sample, paths in block["shards"].items()}
    validation = choice_of(settings, block["seed"]) if block["validation_only"] else None
    weights = snakemake.input.weights
    write_predictions(snakemake.output.table, weights, shards, settings, validation)
