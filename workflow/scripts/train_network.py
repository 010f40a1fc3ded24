"""Train one direction network."""

from pathlib import Path

from pipeline.config.learning import Network
from pipeline.direction.training import save_network, train_network
from pipeline.files import written_whole
from pipeline.scripting import job

with job(snakemake):
    params = snakemake.params
    model, history = train_network(
        snakemake.wildcards.network,
        [Path(path) for path in snakemake.input.shards],
        Network.model_validate(params.block["network"]),
        params.block["validation_fraction"],
        params.block["seed"],
        Path(params.checkpoint),
        params.code,
    )
    with written_whole(snakemake.output.history) as temporary:
        history.to_csv(temporary, index=False)
    save_network(model, snakemake.output.weights)
