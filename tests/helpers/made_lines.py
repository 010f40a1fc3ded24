"""Voxelised events made by hand."""

import numpy as np

from pipeline.gas.voxels.shards import VoxelBatch


def voxel_batch(bins: int, events: int, seed: int = 0) -> VoxelBatch:
    """Straight lines of voxels with random counts, the last event without any voxel."""
    rng = np.random.default_rng(seed)
    direction = rng.standard_normal((events, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    steps = np.arange(-bins // 3, bins // 3)[:, None]
    voxels = []
    for event in range(events):
        i, j, k = np.round(bins // 2 + steps * direction[event]).astype(int).T
        voxels.append(np.unique((i * bins + j) * bins + k).astype(np.int32))
    voxels[-1] = voxels[-1][:0]
    flat = np.concatenate(voxels)
    return VoxelBatch(
        source=np.full(events, "lines"),
        event_id=np.arange(events),
        offsets=np.concatenate([[0], np.cumsum([len(v) for v in voxels])]),
        voxels=flat,
        counts=rng.integers(1, 9, len(flat)).astype(np.uint16),
        direction=direction.astype(np.float32),
        start=np.full((events, 3), bins / 2, np.float32),
        sigma_um=np.zeros(events, np.float32),
        energy_keV=np.full(events, 40, np.float32),
    )
