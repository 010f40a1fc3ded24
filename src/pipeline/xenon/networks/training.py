"""Training of the networks of the liquid-xenon chain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from pipeline.config.training import Training
from pipeline.core.digests import fingerprint
from pipeline.core.named import named
from pipeline.core.seeds import generator, seed_words
from pipeline.learning.launch import in_processes
from pipeline.learning.spec import TrainingJob
from pipeline.learning.trainer import train
from pipeline.xenon.networks.dataset import Batch, Events, slices_of


@dataclass(frozen=True)
class Task:
    """The training task of one network; `build` and `losses` must be picklable."""

    settings: Training
    build: Callable[[], torch.nn.Module]  # returns the untrained network
    losses: Callable[[torch.nn.Module, Batch], torch.Tensor]  # losses [n] of a batch
    draws: int  # random numbers that the network needs per event
    events: Events
    identity: list[Any]  # plain description of the data that `events` were computed from


def from_job(job: TrainingJob) -> tuple[torch.nn.Module, pd.DataFrame]:
    """The network of a job and its history.

    The job calls `prepare`, a function of (inputs, block, parallelism) that returns a `Task`.
    """
    prepare = named(job.calls["prepare"])
    task = prepare(job.inputs, job.block, job.parallelism)
    name, seed = job.block["name"], job.block["network_seed"]
    return train_network(name, task, seed, job.checkpoint, job.code)


def train_network(
    name: str, task: Task, seed: int, checkpoint: Path, code: str
) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Train network `name` and return it with its best weights and its history.

    For `checkpoint` and the history see `learning.trainer.train`. `code` is the digest of the code.
    A checkpoint is resumed only if code, settings, seed and events are the same.

    The network does not depend on the number of cores. On CUDA or with several processes, the order
    of sums may change the last digits. Each process (`learning.launch`) holds all events.
    """
    settings = task.settings
    work = partial(_train, name, task, seed, checkpoint, code)
    return in_processes(settings.processes, settings.device, work)


def _train(
    name: str, task: Task, seed: int, checkpoint: Path, code: str
) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Run `train_network` in one of its processes."""
    settings = task.settings
    torch.set_num_threads(1)
    torch.manual_seed(seed_words(seed, "xenon", "network", name)[0] % 2**63)
    model = task.build().to(settings.device)
    training_events, validation_events = (
        task.events.part(validation=flag) for flag in (False, True)
    )

    def training(epoch: int) -> Iterator[list[Batch]]:
        rng = generator(seed, "xenon", "order", name, epoch)
        for batch in training_events.batches(settings.batch_size, task.draws, rng, shuffled=True):
            yield slices_of(batch, settings.slices)

    def validation() -> Iterator[Batch]:
        rng = generator(seed, "xenon", "validation", name)
        return validation_events.batches(settings.batch_size, task.draws, rng, shuffled=False)

    identity = fingerprint(settings.identity(), [seed, code], task.identity)
    history = train(
        model,
        task.losses,
        training,
        validation,
        len(training_events),
        settings,
        checkpoint,
        identity,
    )
    return model, history
