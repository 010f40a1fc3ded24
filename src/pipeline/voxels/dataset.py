"""Streaming voxel shards as training batches, shuffled, in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.voxels.shards import VoxelBatch, concatenate, open_shard, read_row_group

Selection = Callable[[VoxelBatch], np.ndarray]

POOL_EVENTS = 16_384  # about 60 MB of voxels


def grid_bins(shards: Sequence[str | Path]) -> int:
    """Bins along each axis, the same in all shards.

    Raises:
        ValueError: there are no shards, or their grids differ.
    """
    found = {open_shard(path).bins for path in shards}
    if len(found) != 1:
        raise ValueError(f"shards with one common grid expected, found bins {sorted(found)}")
    return found.pop()


def stream_batches(
    shards: Sequence[str | Path],
    batch_size: int,
    select: Selection | None = None,
    rng: np.random.Generator | None = None,
) -> Iterator[VoxelBatch]:
    """Yield batches of `batch_size` events; the last one may be smaller.

    With `rng`, row groups of all shards are visited in random order and their events are
    shuffled within a pool of `POOL_EVENTS`; without, events come in file order. `select` maps a
    batch to a mask of the events to keep. Memory: the pool and one row group.
    """
    groups = [(path, g) for path in shards for g in range(open_shard(path).row_groups)]
    if rng is not None:
        groups = [groups[i] for i in rng.permutation(len(groups))]
    waiting: list[VoxelBatch] = []
    for path, group in groups:
        batch = read_row_group(path, group)
        if select is not None:
            mask = select(batch)
            batch = batch if mask.all() else batch.take(np.flatnonzero(mask))
        waiting.append(batch)
        if sum(map(len, waiting)) >= max(POOL_EVENTS, batch_size):
            pool = _pooled(waiting, rng)
            whole = len(pool) - len(pool) % batch_size
            yield from _cut(pool, np.arange(whole), batch_size)
            waiting = [pool.take(np.arange(whole, len(pool)))]
    if waiting:
        pool = _pooled(waiting, rng)
        yield from _cut(pool, np.arange(len(pool)), batch_size)


def _pooled(waiting: list[VoxelBatch], rng: np.random.Generator | None) -> VoxelBatch:
    pool = concatenate(waiting)
    return pool if rng is None else pool.take(rng.permutation(len(pool)))


def _cut(pool: VoxelBatch, index: np.ndarray, batch_size: int) -> Iterator[VoxelBatch]:
    for first in range(0, len(index), batch_size):
        yield pool.take(index[first : first + batch_size])
