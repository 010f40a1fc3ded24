"""Adaptation of a training to events without truth, by the network's activations.

Training events and events without truth are in one batch, so that they have the same batch
normalisation. A term of the loss compares the outputs of the network's `event_layer` for both. If
the other events have a truth, it is not read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.gas.config.networks import Adapt
from pipeline.gas.networks.activations import activations, kept_activations
from pipeline.gas.networks.output import Output
from pipeline.gas.voxels.batches import slices_of, sparse_batch
from pipeline.gas.voxels.dataset import POOL_EVENTS, cut_batches
from pipeline.gas.voxels.shards import VoxelBatch, concatenate, open_shard, read_shard
from pipeline.sparse.tensor import SparseTensor

HIDDEN = 64  # channels of the network that distinguishes training events from others
LEAST_SPREAD = 1e-6  # of an activation; less is a dead unit
EXACT = "donot_use_mm_for_euclid_dist"  # products of matrices round small distances


@dataclass(frozen=True)
class Pair:
    """Training events, whose directions give the loss, and events without truth."""

    training: VoxelBatch
    others: VoxelBatch

    def __len__(self) -> int:
        return len(self.training)


class Adapted(nn.Module):
    """A network in training, and the mismatch of its activations as an additional loss."""

    def __init__(self, network: nn.Module, settings: Adapt, example: VoxelBatch, bins: int) -> None:
        super().__init__()
        self.network, self.bins = network, bins
        width = activations(network.eval(), [example], bins).shape[1]
        self.mismatch: nn.Module = MISMATCHES[settings.by](width, settings.weight)

    def forward(self, voxels: SparseTensor) -> Output:
        """The output of the network."""
        output: Output = self.network(voxels)
        return output

    def losses(self, pair: Pair, losses: Callable[[Output, VoxelBatch], Tensor]) -> Tensor:
        """Losses [n] of the n training events of a pair, each with the mismatch added."""
        both = sparse_batch(concatenate([pair.training, pair.others]), self.bins)
        with kept_activations(self.network) as found:
            output = self.network(both.to(next(self.parameters()).device))
        of_training = losses(output.first(len(pair)), pair.training)
        return of_training + self.mismatch(*found[0].tensor_split([len(pair)]))


class EnergyDistance(nn.Module):
    """Weighted energy distance of activations [n, d] and [m, d], without bias in n and m.

    2 <|x - y|> - <|x - x'|> - <|y - y'|> over pairs of different events; every activation is
    divided by its spread, see `comparison.energy_distance`.
    """

    def __init__(self, _width: int, weight: float) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """The distance, a number."""
        spread = torch.cat([first, second]).detach().std(0, correction=0)
        scale = torch.where(spread > LEAST_SPREAD, 1 / spread, 0)
        first, second = first * scale, second * scale
        between = torch.cdist(first, second, compute_mode=EXACT).mean()
        return self.weight * (2 * between - _within(first) - _within(second))


def _within(events: Tensor) -> Tensor:
    """Mean distance of two different events of [n, d]; 0 of a single one."""
    n = len(events)
    return 2 * functional.pdist(events).sum() / max(n * (n - 1), 1)


class Adversary(nn.Module):
    """Loss of a small network that learns to distinguish activations [n, d] from [m, d].

    Its gradient reaches the activations reversed, times a weight: the direction network learns to
    make them alike.
    """

    def __init__(self, width: int, weight: float) -> None:
        super().__init__()
        self.weight = weight
        self.layers = nn.Sequential(
            *(nn.BatchNorm1d(width, affine=False), nn.Linear(width, HIDDEN), nn.ReLU()),
            nn.Linear(HIDDEN, 1),
        )

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """The mean binary cross-entropy, a number; ln 2 if it cannot distinguish them."""
        score = self.layers(reverse_gradient(torch.cat([first, second]), self.weight))[:, 0]
        is_first = torch.cat([torch.ones(len(first)), torch.zeros(len(second))]).to(score)
        return functional.binary_cross_entropy_with_logits(score, is_first)


MISMATCHES: dict[str, type[nn.Module]] = {
    "energy_distance": EnergyDistance,
    "adversarial": Adversary,
}


class _Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: float) -> Tensor:
        ctx.weight = weight
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return -ctx.weight * gradient, None


def reverse_gradient(values: Tensor, weight: float) -> Tensor:
    """The same values, whose gradient is multiplied by -weight (Ganin et al., JMLR 17 (2016))."""
    reversed_: Tensor = _Reversed.apply(values, weight)
    return reversed_


def endless_batches(
    shards: Sequence[Path], batch_size: int, rng: np.random.Generator
) -> Iterator[VoxelBatch]:
    """Batches of exactly `batch_size` shuffled events, from all shards again and again.

    Memory: two pools of `POOL_EVENTS` events.

    Raises:
        ValueError: there are fewer events than in a batch.
    """
    events = sum(open_shard(path).events for path in shards)
    if events < batch_size:
        raise ValueError(
            f"adapt: the set has {events} events, fewer than a batch of {batch_size}; set a "
            "smaller batch_size, or give the set more events"
        )
    while True:
        groups = (batch for path in shards for batch in read_shard(path))
        for batch in cut_batches(groups, batch_size, POOL_EVENTS, rng):
            if len(batch) == batch_size:
                yield batch


def in_pairs(
    batches: Iterable[list[VoxelBatch]], others: Iterator[VoxelBatch]
) -> Iterator[list[Pair]]:
    """Pair the slices of each training batch with as many slices of the next other batch."""
    for slices in batches:
        parts = slices_of(next(others), len(slices))
        yield [Pair(*both) for both in zip(slices, parts, strict=True)]
