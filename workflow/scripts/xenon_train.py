"""Train one network of the liquid-xenon chain on what its catalogue entry prepares."""

from pathlib import Path

from pipeline.core.job import job, parallelism
from pipeline.core.named import named
from pipeline.learning.saved import save_network
from pipeline.xenon.networks.training import train_network

with job(snakemake):
    params, block = snakemake.params, snakemake.params.block
    prepare = named(params.prepare)
    task = prepare(dict(snakemake.input.items()), block, parallelism(snakemake))
    name, checkpoint = snakemake.wildcards.network, Path(params.checkpoint)
    model, history = train_network(name, task, block["seed"], checkpoint, params.code)
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
