"""Streaming voxel events as batches in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.voxels.shards import VoxelBatch, concatenate, open_shard, read_shard

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
    shards: Sequence[str | Path], batch_size: int, select: Selection | None = None
) -> Iterator[VoxelBatch]:
    """Yield batches of `batch_size` events in file order; the last one may be smaller.

    `select` maps a batch to a mask of the events to keep. Memory: the pool and one row group.
    """
    groups = (batch for path in shards for batch in read_shard(path))
    if select is not None:
        groups = (batch.take(np.flatnonzero(select(batch))) for batch in groups)
    return cut_batches(groups, batch_size, POOL_EVENTS)


def cut_batches(
    blocks: Iterable[VoxelBatch],
    batch_size: int,
    pool_events: int,
    rng: np.random.Generator | None = None,
) -> Iterator[VoxelBatch]:
    """Cut blocks of events into batches of `batch_size` events; the last one may be smaller.

    Blocks are gathered in pools of at least `pool_events` events; with `rng`, the events of a pool
    are shuffled. Memory: the pool and one block.
    """
    waiting: list[VoxelBatch] = []
    for block in blocks:
        waiting.append(block)
        if sum(map(len, waiting)) >= max(pool_events, batch_size):
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
