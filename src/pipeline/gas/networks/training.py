"""Training of a direction network on a training set."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import pandas as pd
import torch

from pipeline.core.digests import file_digest, fingerprint
from pipeline.core.named import named
from pipeline.core.parquet_io import check_parquet
from pipeline.core.seeds import generator, seed_words
from pipeline.gas.config.card import read_card
from pipeline.gas.config.networks import DirectionNetwork, read_network
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.sources import read_source
from pipeline.gas.config.voxels import Grid
from pipeline.gas.networks.adaptation import Adapted, Pair, endless_batches, in_pairs
from pipeline.gas.networks.architectures import build_network, expected_loss, loss
from pipeline.gas.networks.loading import load_network, with_start
from pipeline.gas.networks.output import Output
from pipeline.gas.response.fitted import with_fitted
from pipeline.gas.voxels.batches import slices_of, sparse_batch
from pipeline.gas.voxels.dataset import grid_bins, stream_batches
from pipeline.gas.voxels.epochs import TrainingEvents, epoch_batches
from pipeline.gas.voxels.shards import VoxelBatch, open_shard
from pipeline.gas.voxels.split import in_validation
from pipeline.learning.launch import in_processes
from pipeline.learning.spec import TrainingJob
from pipeline.learning.trainer import train
from pipeline.learning.vmf import LossForm, gaussian_nll
from pipeline.sparse.layers import fix_moments
from pipeline.sparse.unet import UNIT_VOXELS


@dataclass(frozen=True)
class Task:
    """Everything that the training of one network depends on."""

    name: str  # of the network
    seed: int
    settings: DirectionNetwork
    training_set: TrainingSet
    events: Callable[[], TrainingEvents]  # must be picklable
    shards: Sequence[Path]  # of the training set; their validation events decide when to stop
    checkpoint: Path
    code: str  # digest of the code in use
    start: Path | None = None  # weights to begin with; None: random ones
    teacher: Path | None = None  # weights of a network that gives directions; None: true ones
    adapted_to: Sequence[Path] = ()  # shards of the events without truth; none: no adaptation


def from_job(job: TrainingJob) -> tuple[torch.nn.Module, pd.DataFrame]:
    """The network of a job and its history; see `catalogue.trainings` for inputs and settings."""
    block = job.block
    network = read_network({**block["network"], **job.parallelism})
    training_set = TrainingSet.model_validate(block["training_set"])
    if training_set.response:
        response = with_fitted(training_set.response, job.inputs["fitted"])
        training_set = training_set.model_copy(update={"response": response})
    shards, tracks, labelled, start, teacher, others = (
        [Path(path) for path in job.inputs[kind]]
        for kind in ("shards", "tracks", "labelled", "start", "teacher", "adapted_to")
    )
    grid = Grid.model_validate(block["grid"])
    sources = {source: read_source(settings) for source, settings in block["sources"].items()}
    made_from: dict[str, dict[str, Any]] = {
        "shards": {"shards": shards},
        "fresh_views": {"tracks": tracks, "grid": grid, "measured": labelled},
        "stream": {"sources": sources, "grid": grid},
    }
    name, seed = job.network, block["seed"]
    shared = {"training_set": training_set, "name": name, "seed": seed}
    events = partial(named(job.calls["events"]), **made_from[network.training_events], **shared)
    task = Task(
        *(name, seed, network, training_set, events, shards, job.checkpoint, job.code),
        start=next(iter(start), None),
        teacher=next(iter(teacher), None),
        adapted_to=others,
    )
    return train_network(task)


def train_network(task: Task) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Train a network and return it with its best weights and its history.

    A checkpoint is resumed only if code, settings, seed, events and the content of the shards are
    the same. The same inputs give the same network, whatever the load of the machine and the number
    of cores. On CUDA or with several processes the order of sums may change the last digits.

    Each of several processes (`learning.launch`) makes all the events (0.125 ms of CPU time per
    fresh view) and trains on its part of a batch.

    Raises:
        ValueError: a shard is damaged, or the weights to begin with do not fit; see also
            `in_processes` and `learning.trainer.train`.
    """
    check_parquet([*task.shards, *task.adapted_to], "voxel shard")
    return in_processes(task.settings.processes, task.settings.device, partial(_train, task))


def _train(task: Task) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Train in one of the processes of `train_network`."""
    name, seed, settings, shards = task.name, task.seed, task.settings, task.shards
    torch.set_num_threads(1)
    torch.manual_seed(seed_words(seed, "network", name)[0] % 2**63)
    bins = grid_bins(shards)
    validation_fraction = task.training_set.validation_fraction
    model = build_network(settings, bins)
    if task.start:
        with_start(model, task.start, settings, bins)
    if getattr(settings, "fixed_moments", False):
        fix_moments(model)
    model.to(settings.device)

    def others(epoch: int) -> Iterator[VoxelBatch]:
        rng = generator(seed, "adaptation", name, epoch)
        return endless_batches(task.adapted_to, settings.batch_size, rng)

    teacher = None
    if task.teacher:
        known = read_card(task.teacher.parent).network.model_copy(
            update={"device": settings.device, "backend": settings.backend}
        )
        teacher = load_network(task.teacher, known, bins).eval()

    learner = model
    if settings.adapt:
        learner = Adapted(model, settings.adapt, next(others(0)), bins).to(settings.device)
    training_events = task.events()

    def training(epoch: int) -> Iterator[list[VoxelBatch] | list[Pair]]:
        rng = generator(seed, "order", name, epoch)
        batches = epoch_batches(
            training_events, epoch, settings.batch_size, settings.loader_threads, rng
        )
        sliced = (slices_of(batch, settings.slices) for batch in batches)
        return in_pairs(sliced, others(epoch)) if settings.adapt else sliced

    def validation() -> Iterator[VoxelBatch]:
        return stream_batches(
            shards, settings.batch_size, lambda b: in_validation(b, seed, validation_fraction)
        )

    identity = fingerprint(
        settings.identity(),
        [name, seed, validation_fraction, task.code, training_events.identity],
        [
            path and file_digest(path)
            for path in (*shards, task.start, task.teacher, *task.adapted_to)
        ],
    )
    history = train(
        learner,
        partial(
            event_losses,
            bins=bins,
            form=getattr(settings, "loss", "exact"),
            start_weight=getattr(settings, "start_loss_weight", 0.0),
            teacher=teacher,
        ),
        training,
        validation,
        round(sum(open_shard(path).events for path in shards) * (1 - validation_fraction)),
        settings,
        task.checkpoint,
        identity,
    )
    return model, history


def event_losses(
    model: torch.nn.Module,
    batch: VoxelBatch | Pair,
    bins: int,
    form: LossForm,
    start_weight: float = 0.0,
    teacher: torch.nn.Module | None = None,
) -> torch.Tensor:
    """Losses [n] of a batch of voxelised events under a network, or of a pair under `Adapted`.

    In training, that of the start of the track is added with its weight, if the network predicts
    it, and a teacher's densities stand for the true directions; the validation is that of the
    direction alone.
    """
    weight = start_weight if model.training else 0.0
    losses = partial(_losses, bins=bins, form=form, start_weight=weight)
    if isinstance(batch, Pair):
        return cast(Adapted, model).losses(batch, losses)
    voxels = sparse_batch(batch, bins).to(next(model.parameters()).device)
    mean = None
    if teacher and model.training:
        with torch.no_grad():
            mean = teacher(voxels).mean_direction()
    return losses(model(voxels), batch, mean=mean)


def _losses(
    output: Output,
    batch: VoxelBatch,
    bins: int,
    form: LossForm,
    start_weight: float,
    mean: torch.Tensor | None = None,
) -> torch.Tensor:
    if mean is None:
        truth = torch.from_numpy(batch.direction).to(output.direction.device)
        losses = loss(output, truth, form)
    else:
        losses = expected_loss(output, mean, form)
    if output.start is None or not start_weight:
        return losses
    start = torch.from_numpy((batch.start - bins / 2) / UNIT_VOXELS).to(losses)
    known = torch.isfinite(start).all(dim=1)  # not of measured events
    of_start = gaussian_nll(output.start.position, output.start.log_error, start.nan_to_num())
    return losses + start_weight * torch.where(known, of_start, 0.0)
