"""Training of the networks of the emulsion chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import torch

from pipeline.core.digests import file_digest, fingerprint
from pipeline.core.parquet_io import check_parquet
from pipeline.core.seeds import generator, seed_words
from pipeline.emulsion.config.networks import ClusterNetwork, read_network
from pipeline.emulsion.networks.architectures import build_network
from pipeline.emulsion.networks.batches import (
    Batch,
    Choice,
    Shards,
    check_labels,
    count_all,
    pixels_of,
    training_batches,
    validation_batches,
)
from pipeline.emulsion.networks.losses import event_losses
from pipeline.learning.launch import in_processes
from pipeline.learning.spec import TrainingJob
from pipeline.learning.trainer import train


@dataclass(frozen=True)
class Task:
    """What one network learns, and from what."""

    name: str  # of the network
    seed: int
    settings: ClusterNetwork
    shards: Shards  # cluster shards of the training samples, by sample
    checkpoint: Path
    code: str  # digest of the code in use


def from_job(job: TrainingJob) -> tuple[torch.nn.Module, pd.DataFrame]:
    """The network of a job and its history; see `catalogue.trainings` for its settings."""
    block = job.block
    settings = read_network({**block["network"], **job.parallelism})
    shards = {sample: [Path(p) for p in paths] for sample, paths in block["shards"].items()}
    task = Task(job.network, block["seed"], settings, shards, job.checkpoint, job.code)
    return train_network(task)


def choice_of(settings: ClusterNetwork, seed: int) -> Choice:
    """The clusters that a network is trained on, and their labels."""
    return Choice(seed, settings.validation_fraction, settings.shuffled_labels)


def train_network(task: Task) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Train a network and return it with its best weights and its history.

    A checkpoint is resumed only if code, settings, seed and the content of the shards are the same.
    The same inputs give the same network, whatever the number of cores. On CUDA or with several
    processes (`learning.launch`) the order of sums may change the last digits; each process reads
    all clusters. Memory: see `batches`.

    Raises:
        ValueError: a shard is damaged, images differ in size, a sample is empty or all are of one
            label; see also `in_processes` and `learning.trainer.train`.
    """
    check_parquet([path for paths in task.shards.values() for path in paths], "cluster shard")
    check_labels(task.shards)
    return in_processes(task.settings.processes, task.settings.device, partial(_train, task))


def _train(task: Task) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Train in one of the processes of `train_network`."""
    name, seed, settings, shards = task.name, task.seed, task.settings, task.shards
    torch.set_num_threads(1)
    torch.manual_seed(seed_words(seed, "emulsion", "network", name)[0] % 2**63)
    model = build_network(settings, pixels_of(shards)).to(settings.device)
    choice = choice_of(settings, seed)
    size = settings.batch_size

    def training(epoch: int) -> Iterator[list[Batch]]:
        rng = generator(seed, "emulsion", "order", name, epoch)
        for batch in training_batches(shards, choice, size, settings.turns, rng):
            yield batch.slices(settings.slices)

    identity = fingerprint(
        settings.identity(),
        [name, seed, task.code],
        {sample: [file_digest(path) for path in paths] for sample, paths in shards.items()},
    )
    history = train(
        model,
        event_losses,
        training,
        lambda: validation_batches(shards, choice, size),
        round(count_all(shards) * (1 - settings.validation_fraction)),
        settings,
        task.checkpoint,
        identity,
    )
    return model, history
