"""Training of the two networks of the anomaly search."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import torch

from pipeline.config.training import Training
from pipeline.core.seeds import generator, seed_words
from pipeline.learning.launch import in_processes
from pipeline.learning.trainer import train
from pipeline.xenon.networks.dataset import Batch, Events, slices_of


def train_network(
    name: str,
    build: Callable[[], torch.nn.Module],
    losses: Callable[[torch.nn.Module, Batch], torch.Tensor],
    draws: int,
    settings: Training,
    events: Events,
    seed: int,
    checkpoint: Path,
    identity: str,
) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Train network `name` and return it with its best weights and its history.

    `build` makes it untrained, `losses` are per event, and `draws` is how many normal numbers it
    needs for each. `checkpoint`, `identity` and the history are those of `learning.trainer.train`.
    Same inputs, same network, for any number of cores; on CUDA or in several processes, sums in
    another order may differ in the last digits.

    Several processes (`learning.launch`) have all the events each; `build` and `losses` must be
    picklable for them.
    """
    work = partial(_train, name, build, losses, draws, settings, events, seed, checkpoint, identity)
    return in_processes(settings.processes, settings.device, work)


def _train(
    name: str,
    build: Callable[[], torch.nn.Module],
    losses: Callable[[torch.nn.Module, Batch], torch.Tensor],
    draws: int,
    settings: Training,
    events: Events,
    seed: int,
    checkpoint: Path,
    identity: str,
) -> tuple[torch.nn.Module, pd.DataFrame]:
    """What `train_network` does, in each of its processes."""
    torch.set_num_threads(1)
    torch.manual_seed(seed_words(seed, "xenon", "network", name)[0] % 2**63)
    model = build().to(settings.device)
    learnt, held_out = events.part(validation=False), events.part(validation=True)

    def training(epoch: int) -> Iterator[list[Batch]]:
        rng = generator(seed, "xenon", "order", name, epoch)
        for batch in learnt.batches(settings.batch_size, draws, rng, shuffled=True):
            yield slices_of(batch, settings.slices)

    def validation() -> Iterator[Batch]:
        rng = generator(seed, "xenon", "validation", name)
        return held_out.batches(settings.batch_size, draws, rng, shuffled=False)

    history = train(
        model, losses, training, validation, len(learnt), settings, checkpoint, identity
    )
    return model, history
