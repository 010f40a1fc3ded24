"""Fit the factor on a network's kappa to the validation events."""

from pathlib import Path

from pipeline.core.job import job
from pipeline.gas.config.networks import read_network
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.networks.prediction import predict
from pipeline.gas.networks.temperature import fit_temperature, write_temperature
from pipeline.gas.voxels.split import in_validation

with job(snakemake):
    block = snakemake.params.block
    fraction = TrainingSet.model_validate(block["training_set"]).validation_fraction
    predictions = predict(
        snakemake.input.weights,
        [Path(path) for path in snakemake.input.shards],
        read_network(block["network"]),
        lambda batch: in_validation(batch, block["seed"], fraction),
        share=fraction,
    )
    write_temperature(snakemake.output.table, fit_temperature(predictions))
