"""Predict the directions of a test set with a trained network."""

from pathlib import Path

from pipeline.core.job import job
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.prediction import predict
from pipeline.gas.networks.temperature import read_temperature, tempered
from pipeline.statistics.directional.predictions import write_predictions

with job(snakemake):
    network = read_network(snakemake.params.network)
    shards = [Path(path) for path in snakemake.input.shards]
    table = predict(snakemake.input.weights, shards, network)
    for file in snakemake.input.temperature:
        table = tempered(table, read_temperature(file))
    write_predictions(snakemake.output.table, table)
