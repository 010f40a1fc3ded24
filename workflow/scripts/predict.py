"""Predict the directions of a test set with a trained network."""

from pathlib import Path

from pipeline.config.learning import Network
from pipeline.direction.prediction import predict
from pipeline.direction.predictions import write_predictions
from pipeline.direction.temperature import read_temperature, tempered
from pipeline.scripting import job

with job(snakemake):
    network = Network.model_validate(snakemake.params.network)
    shards = [Path(path) for path in snakemake.input.shards]
    table = predict(snakemake.input.weights, shards, network)
    if network.temperature:
        (file,) = snakemake.input.temperature
        table = tempered(table, read_temperature(file))
    write_predictions(snakemake.output.table, table)
