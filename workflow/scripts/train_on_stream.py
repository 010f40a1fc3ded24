"""Train one direction network on a stream of new simulated tracks."""

from functools import partial
from pathlib import Path

from pipeline.core.job import granted, job
from pipeline.gas.config.learning import Network, TrainingSet
from pipeline.gas.config.sources import Simulation
from pipeline.gas.config.voxels import Grid
from pipeline.gas.networks.training import train_network
from pipeline.gas.voxels.stream import stream_events
from pipeline.learning.saved import save_network

with job(snakemake):
    name, params, block = snakemake.wildcards.network, snakemake.params, snakemake.params.block
    network = Network.model_validate({**block["network"], **granted(snakemake)})
    training_set = TrainingSet.model_validate(block["training_set"])
    sources = {s: Simulation.model_validate(source) for s, source in block["sources"].items()}
    grid = Grid.model_validate(block["grid"])
    events = partial(stream_events, sources, grid, training_set, name, block["seed"])
    shards = [Path(path) for path in snakemake.input.shards]
    checkpoint = Path(params.checkpoint)
    model, history = train_network(
        name, block["seed"], network, training_set, events, shards, checkpoint, params.code
    )
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
