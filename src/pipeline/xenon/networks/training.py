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
from pipeline.core.seeds import generator, seed_words
from pipeline.learning.launch import in_processes
from pipeline.learning.trainer import train
from pipeline.xenon.networks.dataset import Batch, Events, slices_of


@dataclass(frozen=True)
class Task:
    """What one network learns, and from what; `build` and `losses` must be picklable."""

    settings: Training
    build: Callable[[], torch.nn.Module]  # makes the untrained network
    losses: Callable[[torch.nn.Module, Batch], torch.Tensor]  # per event
    draws: int  # normal numbers that the network needs for each event
    events: Events
    identity: list[Any]  # what the events follow from, plain


def train_network(
    name: str, task: Task, seed: int, checkpoint: Path, code: str
) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Train network `name` and return it with its best weights and its history.

    `checkpoint` and the history are those of `learning.trainer.train`; `code` is the digest of the
    code in use. With the settings, the seed and the events it decides whether a checkpoint may be
    resumed. Same inputs, same network, for any number of cores; on CUDA or in several processes,
    sums in another order may differ in the last digits.

    Several processes (`learning.launch`) have all the events each.
    """
    settings = task.settings
    work = partial(_train, name, task, seed, checkpoint, code)
    return in_processes(settings.processes, settings.device, work)


def _train(
    name: str, task: Task, seed: int, checkpoint: Path, code: str
) -> tuple[torch.nn.Module, pd.DataFrame]:
    """What `train_network` does, in each of its processes."""
    settings = task.settings
    torch.set_num_threads(1)
    torch.manual_seed(seed_words(seed, "xenon", "network", name)[0] % 2**63)
    model = task.build().to(settings.device)
    learnt, held_out = (task.events.part(validation=flag) for flag in (False, True))

    def training(epoch: int) -> Iterator[list[Batch]]:
        rng = generator(seed, "xenon", "order", name, epoch)
        for batch in learnt.batches(settings.batch_size, task.draws, rng, shuffled=True):
            yield slices_of(batch, settings.slices)

    def validation() -> Iterator[Batch]:
        rng = generator(seed, "xenon", "validation", name)
        return held_out.batches(settings.batch_size, task.draws, rng, shuffled=False)

    identity = fingerprint(settings.identity(), [seed, code], task.identity)
    history = train(
        model, task.losses, training, validation, len(learnt), settings, checkpoint, identity
    )
    return model, history
