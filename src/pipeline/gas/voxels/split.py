"""Split of the events of a voxel batch into training and validation."""

import numpy as np

from pipeline.gas.voxels.shards import VoxelBatch
from pipeline.learning.split import held_out


def in_validation(batch: VoxelBatch, seed: int, fraction: float) -> np.ndarray:
    """Mask bool [n] of the events kept for validation; see `held_out`."""
    mask = np.zeros(len(batch), dtype=bool)
    for source in np.unique(batch.source):
        mine = batch.source == source
        mask[mine] = held_out(batch.event_id[mine], str(source), seed, fraction)
    return mask
