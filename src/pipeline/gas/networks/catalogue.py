"""The trainings of the gas chain. This module must not import torch: the rules read it."""

from pipeline.gas.config.chain import TRAINING
from pipeline.gas.paths import GasPaths
from pipeline.learning.spec import TrainingSpec


def trainings(paths: GasPaths) -> dict[str, TrainingSpec]:
    """Trainings of the direction networks that are trained in a study, by name of the network."""
    return {name: _training(paths, name) for name in paths.block.trained}


def _training(paths: GasPaths, name: str) -> TrainingSpec:
    network = paths.block.networks[name]
    return TrainingSpec(
        settings=network,
        mem_mb=3000,
        runtime_min=1440,
        function="pipeline.gas.networks.training.from_job",
        calls={"events": network.events_function, "network": network.module},
        inputs={
            # Every training reads its validation events from them.
            "shards": paths.shards(TRAINING),
            "tracks": paths.training_tracks(name),
            "labelled": paths.labelled_shards(),
            "start": paths.start(name),
            "teacher": paths.teacher(name),
            **paths.response_files(TRAINING),
            "adapted_to": paths.adapted_to(name),
        },
        block=paths.training_block(name),
    )
