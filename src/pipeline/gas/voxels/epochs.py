"""Training events of each epoch: from shards, or as fresh views of stored tracks.

An epoch is a sequence of blocks of events. Each block is the result of a pure function, so several
threads can make blocks ahead of the training, and the events do not depend on their number. See
`stream` for newly simulated tracks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from pipeline.core.digests import file_digest, fingerprint
from pipeline.core.parquet_io import check_parquet
from pipeline.core.seeds import generator
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.voxels import Grid
from pipeline.gas.tracks.table import EVENTS_PER_ROW_GROUP as TRACKS_PER_GROUP
from pipeline.gas.tracks.table import count_track_groups, read_track_group
from pipeline.gas.voxels.dataset import POOL_EVENTS, cut_batches
from pipeline.gas.voxels.shards import EVENTS_PER_ROW_GROUP as VIEWS_PER_GROUP
from pipeline.gas.voxels.shards import VoxelBatch, concatenate, open_shard, read_row_group
from pipeline.gas.voxels.split import in_validation
from pipeline.gas.voxels.turned import turned
from pipeline.gas.voxels.views import make_views
from pipeline.learning.prefetch import in_order

BLOCK_EVENTS = 2048

BlockMaker = Callable[[], VoxelBatch]
Group = tuple[Path, int]  # a row group of a file


@dataclass(frozen=True)
class TrainingEvents:
    """The blocks of every epoch, and a digest of what they depend on."""

    blocks: Callable[[int], Iterator[BlockMaker]]  # blocks of an epoch; depend only on its number
    pool_events: int  # events shuffled together; 0: each block on its own
    identity: str  # digest of what the events depend on besides the shards


def epoch_batches(
    events: TrainingEvents, epoch: int, batch_size: int, threads: int, rng: np.random.Generator
) -> Iterator[VoxelBatch]:
    """Shuffled batches of `batch_size` events of an epoch; the last one may be smaller.

    While the network trains on one pool of events, `threads` threads make the next. Memory: at most
    two pools and the blocks made ahead, about 200 MB in total, and 40 MB for each further thread.
    """
    ahead = POOL_EVENTS // BLOCK_EVENTS + threads
    blocks = in_order(events.blocks(epoch), threads, ahead)
    return cut_batches(blocks, batch_size, events.pool_events, rng)


def shard_events(
    shards: Sequence[Path], training_set: TrainingSet, name: str, seed: int
) -> TrainingEvents:
    """The stored views of the training events: the same in every epoch, in a new order."""
    groups = [(path, group) for path in shards for group in range(open_shard(path).row_groups)]

    def block(chosen: list[Group]) -> VoxelBatch:
        batch = concatenate([read_row_group(*group) for group in chosen])
        return _without_validation(batch, seed, training_set)

    def blocks(epoch: int) -> Iterator[BlockMaker]:
        rng = generator(seed, "blocks", name, epoch)
        for chosen in _shuffled(groups, BLOCK_EVENTS // VIEWS_PER_GROUP, rng):
            yield partial(block, chosen)

    return TrainingEvents(blocks, POOL_EVENTS, fingerprint())


def fresh_events(
    tracks: Sequence[Path],
    grid: Grid,
    training_set: TrainingSet,
    name: str,
    seed: int,
    measured: Sequence[Path] = (),
) -> TrainingEvents:
    """A new view of every training track in every epoch, with new smearing and rotation.

    Views that the grid does not contain are dropped. Paths of the track tables end in
    {source}/{part}.parquet. Events of `measured` shards, which have no tracks, are seen in one of
    the symmetries of their readout, drawn anew in every epoch.

    Raises:
        ValueError: a track table is damaged.
    """
    check_parquet(tracks, "track table")
    groups = [(path, group) for path in tracks for group in range(count_track_groups(path))]
    symmetries = {path: open_shard(path).orientations() for path in measured}
    groups += [(path, group) for path in measured for group in range(open_shard(path).row_groups)]

    def view(path: Path, group: int, rng: np.random.Generator) -> VoxelBatch:
        if path in symmetries:
            return turned(read_row_group(path, group), grid.bins, symmetries[path], rng)
        tracks = read_track_group(path, group)
        return make_views(tracks, path.parent.name, grid, training_set.readout, rng)[0]

    def block(chosen: list[Group], epoch: int, number: int) -> VoxelBatch:
        rng = generator(seed, "views", name, epoch, number)
        views = [view(path, group, rng) for path, group in chosen]
        return _without_validation(concatenate(views), seed, training_set)

    def blocks(epoch: int) -> Iterator[BlockMaker]:
        rng = generator(seed, "blocks", name, epoch)
        for number, chosen in enumerate(_shuffled(groups, BLOCK_EVENTS // TRACKS_PER_GROUP, rng)):
            yield partial(block, chosen, epoch, number)

    identity = fingerprint(
        [file_digest(path) for path in tracks], grid.plain(), training_set.readout.plain()
    )
    return TrainingEvents(blocks, POOL_EVENTS, identity)


def _shuffled(groups: list[Group], size: int, rng: np.random.Generator) -> Iterator[list[Group]]:
    """All row groups in random order, `size` at a time."""
    order = rng.permutation(len(groups))
    for first in range(0, len(order), size):
        yield [groups[i] for i in order[first : first + size]]


def _without_validation(batch: VoxelBatch, seed: int, training_set: TrainingSet) -> VoxelBatch:
    return batch.take(np.flatnonzero(~in_validation(batch, seed, training_set.validation_fraction)))
