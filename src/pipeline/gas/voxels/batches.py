"""Voxel batches as input of a network: slices and sparse tensors."""

import numpy as np
import torch

from pipeline.gas.voxels.shards import VoxelBatch
from pipeline.sparse.tensor import SparseTensor, sparse_tensor


def sparse_batch(batch: VoxelBatch, bins: int) -> SparseTensor:
    """Electron counts as one float32 feature on grids of `bins`^3 voxels, on the CPU.

    Uses `voxels` int32 (flat index (i * bins + j) * bins + k), `counts` and `offsets` of the batch.
    Raises ValueError for voxels outside the grid or listed twice in an event.
    """
    events = len(batch.offsets) - 1
    indices = np.empty((len(batch.voxels), 4), np.int32)
    indices[:, 0] = np.repeat(np.arange(events, dtype=np.int32), np.diff(batch.offsets))
    rest, indices[:, 3] = np.divmod(batch.voxels, bins)
    indices[:, 1], indices[:, 2] = np.divmod(rest, bins)
    counts = torch.from_numpy(batch.counts.astype(np.float32))[:, None]
    return sparse_tensor(torch.from_numpy(indices), counts, (bins, bins, bins), events)


def slices_of(batch: VoxelBatch, slices: int) -> list[VoxelBatch]:
    """Split a batch, in order, into at most `slices` parts of nearly equal size, none empty."""
    parts = np.array_split(np.arange(len(batch)), min(slices, len(batch)))
    return [batch.take(part) for part in parts]
