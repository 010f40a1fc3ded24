"""Train one network, with the function that its chain's catalogue names."""

from pathlib import Path

from pipeline.core.job import job, parallelism
from pipeline.core.named import named
from pipeline.learning.saved import save_network
from pipeline.learning.spec import TrainingJob

with job(snakemake):
    params = snakemake.params
    train = named(params.function)
    model, history = train(
        TrainingJob(
            snakemake.wildcards.network,
            params.calls,
            dict(snakemake.input.items()),
            params.block,
            parallelism(snakemake),
            Path(params.checkpoint),
            params.code,
        )
    )
    save_network(model, history, snakemake.output.weights, snakemake.output.history)
