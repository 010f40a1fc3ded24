"""Train one direction network on the training set's tracks, from shards or with fresh views."""

from functools import partial
from pathlib import Path

from pipeline.core.job import granted, job
from pipeline.gas.config.learning import Network, TrainingSet
from pipeline.gas.config.voxels import Grid
from pipeline.gas.networks.training import train_network
from pipeline.gas.voxels.epochs import fresh_events, shard_events
from pipeline.learning.saved import save_network

with job(snakemake):
    name, params, block = snakemake.wildcards.network, snakemake.params, snakemake.params.block
    network = Network.model_validate({**block["network"], **granted(snakemake)})
    training_set = TrainingSet.model_validate(block["training_set"])
    shards = [Path(path) for path in snakemake.input.shards]
    if network.views == "fresh":
        tracks = [Path(path) for path in snakemake.input.tracks]
        grid = Grid.model_validate(block["grid"])
        events = partial(fresh_events, tracks, grid, training_set, name, block["seed"])
    else:
        events = partial(shard_events, shards, training_set, name, block["seed"])
    checkpoint = Path(params.checkpoint)
    model, history = train_network(
        name, block["seed"], network, training_set, events, shards, checkpoint, params.code
    )
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
