"""Train one network on the clusters of its samples."""

from pathlib import Path

from pipeline.core.job import job, parallelism
from pipeline.emulsion.config.networks import read_network
from pipeline.emulsion.networks.training import Task, train_network
from pipeline.learning.saved import save_network

with job(snakemake):
    params, block = snakemake.params, snakemake.params.block
    settings = read_network({**block["network"], **parallelism(snakemake)})
    shards = {sample: [Path(p) for p in paths] for sample, paths in block["shards"].items()}
    checkpoint, name = Path(params.checkpoint), snakemake.wildcards.network
    task = Task(name, block["seed"], settings, shards, checkpoint, params.code)
    model, history = train_network(task)
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
