"""The trainings of the emulsion chain. This module must not import torch: the rules read it."""

from pipeline.emulsion.paths import EmulsionPaths
from pipeline.learning.spec import TrainingSpec


def trainings(paths: EmulsionPaths) -> dict[str, TrainingSpec]:
    """Trainings of all networks, by name of the network."""
    return {
        name: TrainingSpec(
            settings=network,
            mem_mb=2000,
            runtime_min=600,
            function="pipeline.emulsion.networks.training.from_job",
            calls={"network": network.module},
            inputs={"shards": paths.learnt_shards(name)},
            block=paths.training_block(name),
            looked_at=(paths.table("samples.csv"),),
        )
        for name, network in paths.block.networks.items()
    }
