"""Predict the directions of a test set with a trained network."""

from pathlib import Path

from pipeline.config.learning import Network
from pipeline.direction.prediction import predict
from pipeline.direction.predictions import write_predictions
from pipeline.scripting import job

with job(snakemake):
    table = predict(
        snakemake.input.weights,
        [Path(path) for path in snakemake.input.shards],
        Network.model_validate(snakemake.params.network),
    )
    write_predictions(snakemake.output.table, table)
