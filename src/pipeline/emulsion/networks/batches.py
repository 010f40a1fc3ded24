"""Batches of clusters from shards, in the mixture of the samples, with bounded memory.

A shard is read in its groups, of at most 512 clusters each. In training, pieces of the groups of
all samples are merged so that each sample is spread evenly over an epoch, and the clusters of 128
pieces are shuffled together. Pieces are small, since with whole groups the share of signal would
vary by a quarter in the course of an epoch. Memory: about 350 MB for images of 40 x 40 pixels,
whatever the number of clusters.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.core.parquet_io import open_parquet, read_row_groups
from pipeline.emulsion.clusters.table import (
    BACKGROUND,
    SIGNAL,
    Clusters,
    count_clusters,
    read_clusters,
)
from pipeline.emulsion.config.detector import PLANES
from pipeline.learning.split import held_out

PIECE, POOL_PIECES = 64, 128
TURN_STEP_DEG, TURN_STEPS = 15.0, 6  # the authors turn by -90, -75, ... 90 deg

Shards = Mapping[str, Sequence[Path]]  # by sample
Turns = Literal["none", "half", "steps"]


@dataclass(frozen=True)
class Batch:
    """Clusters of one training step, or of a slice of it."""

    images: Tensor  # uint8 [n, 8, pixels, pixels]
    label: Tensor  # uint8 [n], 1 for signal
    angle_rad: Tensor  # float32 [n], direction in the film after the turn; NaN: unknown
    turn_deg: Tensor | None = None  # float32 [n], by which the network turns the images

    def __len__(self) -> int:
        return len(self.label)

    def to(self, device: torch.device) -> Self:
        """The same batch on a device."""
        return self._each(lambda values: values.to(device, non_blocking=True))

    def slices(self, number: int) -> list[Self]:
        """The batch, in order, in at most `number` parts of nearly equal size."""
        size = -(-len(self) // number)
        edges = range(0, len(self), size)
        return [self._each(itemgetter(slice(first, first + size))) for first in edges]

    def _each(self, change: Callable[[Tensor], Tensor]) -> Self:
        turn = None if self.turn_deg is None else change(self.turn_deg)
        return type(self)(change(self.images), change(self.label), change(self.angle_rad), turn)


@dataclass(frozen=True)
class Choice:
    """Which clusters of the samples are for training, and with which labels.

    Both follow from the seed, the sample and the cluster's number alone, never from its place in a
    file.
    """

    seed: int
    validation_fraction: float
    shuffled_labels: bool = False

    def validation(self, sample: str, clusters: Clusters) -> NDArray[np.bool_]:
        """Mask [n] of the clusters kept for validation."""
        return held_out(clusters.event_id, sample, self.seed, self.validation_fraction)

    def labels(self, sample: str, clusters: Clusters) -> NDArray[np.uint8]:
        """True labels [n], or random ones with equal chances."""
        if not self.shuffled_labels:
            return clusters.label
        coin = held_out(clusters.event_id, f"shuffled labels of {sample}", self.seed, 0.5)
        return coin.astype(np.uint8)

    def take(self, sample: str, clusters: Clusters, validation: bool) -> Batch:
        """The clusters for training or for validation as a batch."""
        index = np.flatnonzero(self.validation(sample, clusters) == validation)
        x, y, _ = clusters.direction[index].T
        angle = np.where(np.hypot(x, y) > 0, np.arctan2(y, x), np.nan)
        return Batch(
            torch.from_numpy(clusters.images[index]),
            torch.from_numpy(self.labels(sample, clusters)[index]),
            torch.from_numpy(angle.astype(np.float32)),
        )


def training_batches(
    shards: Shards, choice: Choice, size: int, turns: Turns, rng: np.random.Generator
) -> Iterator[Batch]:
    """Shuffled batches of `size` training clusters; a smaller rest is left out if there are more.

    Turns: with 'half', every other cluster by 180 deg, at random; with 'steps', each has a random
    multiple of 15 deg within +-90 as its turn, which is left to the network.
    """
    rest: list[Batch] = []
    begun = False
    pieces = (choice.take(*piece, validation=False) for piece in _mixed_pieces(shards, rng))
    while pool := list(islice(pieces, POOL_PIECES)):
        clusters = _concatenate([*rest, *pool])
        order = torch.from_numpy(rng.permutation(len(clusters)))
        full = len(clusters) // size * size
        for first in range(0, full, size):
            begun = True
            yield _turn(_take(clusters, order[first : first + size]), turns, rng)
        rest = [_take(clusters, order[full:])]
    if not begun and rest and len(rest[0]):
        yield _turn(rest[0], turns, rng)


def validation_batches(shards: Shards, choice: Choice, size: int) -> Iterator[Batch]:
    """Batches of about `size` validation clusters, the same every time."""
    groups = (
        choice.take(sample, clusters, validation=True)
        for sample, paths in shards.items()
        for path in paths
        for clusters in read_clusters(path)
    )
    return _gathered(groups, size)


def pixels_of(shards: Shards) -> int:
    """Rows and columns of the images of all samples, from the schemas of the files.

    Raises:
        ValueError: a shard is damaged, there are none, or images differ in size.
    """
    sizes: dict[int, Path] = {}
    for path in (path for paths in shards.values() for path in paths):
        with open_parquet(path, "cluster shard") as file:
            width = file.schema_arrow.field("images").type.byte_width
        sizes.setdefault(math.isqrt(width // PLANES), path)
    if len(sizes) != 1:
        found = ", ".join(f"{size} pixels in {path}" for size, path in sizes.items())
        raise ValueError(f"images of one size are needed, found {found or 'no shards'}")
    return sizes.popitem()[0]


def check_labels(shards: Shards) -> None:
    """Check that every sample has clusters, and that signal and background are among them.

    Raises:
        ValueError: they do not, or a label is neither 0 nor 1.
    """
    found: set[int] = set()
    for sample, paths in shards.items():
        groups = [g for path in paths for g in read_row_groups(path, "cluster shard", ["label"])]
        labels = {int(label) for group in groups for label in group["label"].unique().to_pylist()}
        if not labels:
            raise ValueError(f"sample '{sample}' has no cluster; give it some")
        if labels - {BACKGROUND, SIGNAL}:
            raise ValueError(f"sample '{sample}' has labels {sorted(labels)}; expected 0 and 1")
        found |= labels
    if len(found) < 2:
        kind = "signal" if SIGNAL in found else "background"
        raise ValueError(f"all training clusters are {kind}: {', '.join(shards)}; add others")


def count_all(shards: Shards) -> int:
    """Number of clusters in all shards."""
    return sum(count_clusters(path) for paths in shards.values() for path in paths)


def _mixed_pieces(shards: Shards, rng: np.random.Generator) -> Iterator[tuple[str, Clusters]]:
    """Pieces of all samples, each sample spread evenly over the sequence."""
    streams, order = {}, []
    for sample, paths in shards.items():
        shuffled = [paths[i] for i in rng.permutation(len(paths))]
        streams[sample] = (piece for path in shuffled for piece in _pieces(path))
        pieces = sum(map(_count_pieces, paths))
        places = (np.arange(pieces) + rng.random(pieces)) / pieces
        order += [(place, sample) for place in places]
    for _, sample in sorted(order):
        yield sample, next(streams[sample])


def _pieces(path: Path) -> Iterator[Clusters]:
    for clusters in read_clusters(path):
        for first in range(0, len(clusters), PIECE):
            yield clusters.take(np.arange(first, min(first + PIECE, len(clusters))))


def _count_pieces(path: Path) -> int:
    with open_parquet(path, "cluster shard") as file:
        groups = map(file.metadata.row_group, range(file.num_row_groups))
        return sum(-(-group.num_rows // PIECE) for group in groups)


def _gathered(groups: Iterable[Batch], size: int) -> Iterator[Batch]:
    """The clusters of `groups` in their order, at least `size` at a time."""
    waiting: list[Batch] = []
    for group in groups:
        waiting.append(group)
        if sum(map(len, waiting)) >= size:
            yield _concatenate(waiting)
            waiting = []
    if any(map(len, waiting)):
        yield _concatenate(waiting)


def _concatenate(batches: Sequence[Batch]) -> Batch:
    parts = [(batch.images, batch.label, batch.angle_rad) for batch in batches]
    return Batch(*(torch.cat(values) for values in zip(*parts, strict=True)))


def _take(batch: Batch, index: Tensor) -> Batch:
    return Batch(batch.images[index], batch.label[index], batch.angle_rad[index])


def _turn(batch: Batch, turns: Turns, rng: np.random.Generator) -> Batch:
    """The batch with random turns, and its directions after them."""
    if turns == "none":
        return batch
    if turns == "half":
        half = torch.from_numpy(rng.random(len(batch)) < 0.5)
        images = torch.where(half[:, None, None, None], batch.images.flip(2, 3), batch.images)
        return Batch(images, batch.label, batch.angle_rad + half * math.pi)
    steps = rng.integers(-TURN_STEPS, TURN_STEPS, len(batch), endpoint=True)
    turn = torch.from_numpy((TURN_STEP_DEG * steps).astype(np.float32))
    return Batch(batch.images, batch.label, batch.angle_rad + turn.deg2rad(), turn)
