"""Stream voxel events as batches in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.gas.voxels.shards import VoxelBatch, concatenate, open_shard, read_shard

Selection = Callable[[VoxelBatch], np.ndarray]

POOL_EVENTS = 16_384  # about 60 MB of voxels


def grid_bins(shards: Sequence[str | Path]) -> int:
    """Bins along each axis, the same in all shards.

    Raises:
        ValueError: there are no shards, or their grids differ.
    """
    found = {open_shard(path).bins for path in shards}
    if len(found) != 1:
        raise ValueError(f"the shards must have one common grid, found bins {sorted(found)}")
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


def spread_evenly(total: int, most: int) -> np.ndarray:
    """Mask bool [total] of at most so many events, evenly spread over all of them."""
    kept = np.zeros(total, bool)
    kept[np.linspace(0, total - 1, min(most, total)).round().astype(int)] = True
    return kept


def chosen_events(shards: Sequence[str | Path], kept: np.ndarray) -> Iterator[VoxelBatch]:
    """The events of a mask bool over those of all shards, in their order."""
    first = 0
    for path in shards:
        for batch in read_shard(path):
            yield batch.take(np.flatnonzero(kept[first : first + len(batch)]))
            first += len(batch)


def cut_batches(
    blocks: Iterable[VoxelBatch],
    batch_size: int,
    pool_events: int,
    rng: np.random.Generator | None = None,
) -> Iterator[VoxelBatch]:
    """Cut blocks of events into batches of `batch_size` events; the last one may be smaller.

    Blocks are gathered in pools of at least `pool_events` events; with `rng`, the events of a pool
    are shuffled. Memory: twice the pool while it is gathered, the pool while batches are cut.
    """
    waiting: list[VoxelBatch] = []
    for block in blocks:
        waiting.append(block)
        if sum(map(len, waiting)) >= max(pool_events, batch_size):
            yield from _pool_batches(waiting, batch_size, rng, last=False)
    if waiting:
        yield from _pool_batches(waiting, batch_size, rng, last=True)


def _pool_batches(
    waiting: list[VoxelBatch], batch_size: int, rng: np.random.Generator | None, last: bool
) -> Iterator[VoxelBatch]:
    """Yield the waiting events in batches.

    A remainder of less than a batch stays in `waiting`, unless this is the `last` pool.
    """
    pool = concatenate(waiting)
    waiting.clear()
    order = np.arange(len(pool)) if rng is None else rng.permutation(len(pool))
    rest = 0 if last else len(pool) % batch_size
    for first in range(0, len(pool) - rest, batch_size):
        yield pool.take(order[first : min(first + batch_size, len(pool) - rest)])
    if rest:
        waiting.append(pool.take(order[len(pool) - rest :]))
