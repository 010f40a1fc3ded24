"""Fit the temperature of a network to events that it has not learnt from."""

from pathlib import Path

from pipeline.core.job import job
from pipeline.gas.config.networks import read_network
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.networks.prediction import predict
from pipeline.gas.networks.temperature import fit_temperature, unseen_share, write_fit
from pipeline.gas.voxels.shards import open_shard
from pipeline.gas.voxels.split import in_validation

with job(snakemake):
    block = snakemake.params.block
    network = read_network(block["network"])
    fraction = TrainingSet.model_validate(block["training_set"]).validation_fraction
    shards = [Path(path) for path in snakemake.input.shards]
    share = unseen_share(network, fraction, sum(open_shard(path).events for path in shards))
    predictions = predict(
        snakemake.input.weights,
        shards,
        network,
        lambda batch: in_validation(batch, block["seed"], share),
        share,
    )
    write_fit(snakemake.output.table, fit_temperature(predictions))
