"""Train one direction network on the training set's shards, on fresh views or on a stream."""

from functools import partial
from pathlib import Path

from pipeline.core.job import job, parallelism
from pipeline.core.named import named
from pipeline.gas.config.networks import read_network
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.sources import read_source
from pipeline.gas.config.voxels import Grid
from pipeline.gas.networks.training import Task, train_network
from pipeline.gas.response.fitted import with_fitted
from pipeline.learning.saved import save_network

with job(snakemake):
    name, params, block = snakemake.wildcards.network, snakemake.params, snakemake.params.block
    network = read_network({**block["network"], **parallelism(snakemake)})
    training_set = TrainingSet.model_validate(block["training_set"])
    if training_set.response:
        response = with_fitted(training_set.response, snakemake.input.fitted)
        training_set = training_set.model_copy(update={"response": response})
    shards, tracks = ([Path(p) for p in snakemake.input[kind]] for kind in ("shards", "tracks"))
    grid = Grid.model_validate(block["grid"])
    sources = {source: read_source(settings) for source, settings in block["sources"].items()}
    made_from = {
        "shards": {"shards": shards},
        "fresh_views": {"tracks": tracks, "grid": grid},
        "stream": {"sources": sources, "grid": grid},
    }[network.training_events]
    shared = {"training_set": training_set, "name": name, "seed": block["seed"]}
    events = partial(named(params.events), **made_from, **shared)
    checkpoint = Path(params.checkpoint)
    start = next(map(Path, snakemake.input.start), None)
    task = Task(
        name, block["seed"], network, training_set, events, shards, checkpoint, params.code, start
    )
    model, history = train_network(task)
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
