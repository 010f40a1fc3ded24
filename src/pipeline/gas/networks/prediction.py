"""Prediction of directions by a trained network."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from pipeline.core.progress import Progress
from pipeline.gas.config.networks import DirectionNetwork
from pipeline.gas.config.symmetry import Orientation
from pipeline.gas.networks.frames import predict_in_frames
from pipeline.gas.networks.loading import load_network
from pipeline.gas.networks.output import Output
from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.dataset import Selection, grid_bins, stream_batches
from pipeline.gas.voxels.shards import VoxelBatch, open_shard
from pipeline.sparse.unet import UNIT_VOXELS
from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import (
    density_table,
    prediction_table,
    with_start,
)


def predict(
    weights: str | Path,
    shards: Sequence[Path],
    settings: DirectionNetwork,
    select: Selection | None = None,
    share: float = 1.0,
) -> pd.DataFrame:
    """The prediction table of a trained network; see `predict_events` and `load_network`."""
    model = load_network(weights, settings, grid_bins(shards))
    return predict_events(model, shards, settings, select, share)


def predict_events(
    model: nn.Module,
    shards: Sequence[Path],
    settings: DirectionNetwork,
    select: Selection | None = None,
    share: float = 1.0,
) -> pd.DataFrame:
    """The prediction table of a network for the events in `shards`, in file order.

    `select` maps a batch to a mask of the events to keep, which are about a `share` of all events.
    """
    first = open_shard(shards[0])
    expected = round(share * sum(open_shard(s).events for s in shards))
    progress = Progress("predicting", expected, "events")

    def batches() -> Iterator[VoxelBatch]:
        for batch in stream_batches(shards, settings.batch_size, select):
            yield batch
            progress.update(len(batch))

    bins, allowed = grid_bins(shards), first.orientations()
    table = predict_batches(model, batches(), bins, first.cell_um, allowed, settings)
    progress.finish()
    return table


@torch.no_grad()
def predict_batches(
    model: nn.Module,
    batches: Iterable[VoxelBatch],
    bins: int,
    cell_um: Sequence[float],
    allowed: Sequence[Orientation],
    settings: DirectionNetwork,
) -> pd.DataFrame:
    """The same for events in memory, whose symmetries are `allowed`."""
    torch.set_num_threads(1)
    unit_um = UNIT_VOXELS * np.array(cell_um)

    def tables() -> Iterator[pd.DataFrame]:
        for batch in batches:
            voxels = sparse_batch(batch, bins).to(settings.device)
            yield _table(batch, predict_in_frames(model, voxels, settings.frames, allowed), unit_um)

    return pd.concat(tables(), ignore_index=True)


def _table(batch: VoxelBatch, output: Output, unit_um: np.ndarray) -> pd.DataFrame:
    """The prediction table of a batch; `unit_um` [3] is the unit of predicted starts."""
    direction = output.direction.cpu().numpy()
    kappa = None if output.kappa is None else output.kappa.cpu().numpy()
    if output.logits is None or kappa is None:
        table = prediction_table(batch, direction, kappa)
    else:
        weight = output.logits.double().softmax(1).cpu().numpy()
        table = density_table(batch, Density(direction, kappa, weight))
    if output.start is None:
        return table
    position, error = output.start.position, output.start.log_error.exp()
    return with_start(table, unit_um * position.cpu().numpy(), unit_um.mean() * error.cpu().numpy())
