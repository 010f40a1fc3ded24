"""Voxelised events seen in other orientations of the grid."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.gas.config.symmetry import Orientation
from pipeline.gas.voxels.shards import VoxelBatch


def turned(
    batch: VoxelBatch, bins: int, symmetries: Sequence[Orientation], rng: np.random.Generator
) -> VoxelBatch:
    """The events, each in one of some orientations of the grid, drawn evenly.

    A place r from the middle of the grid, and a direction, become M r; see `config.symmetry` for
    the matrix M of an orientation.
    """
    matrices = np.zeros((len(symmetries), 3, 3), np.int64)
    for matrix, (order, signs) in zip(matrices, symmetries, strict=True):
        matrix[range(3), order] = signs
    chosen = matrices[rng.integers(len(matrices), size=len(batch))]
    owner = np.repeat(np.arange(len(batch)), batch.occupied_voxels)
    pixel, iz = np.divmod(batch.voxels.astype(np.int64), bins)
    # Twice the centres of the voxels from the middle are whole numbers.
    place = 2 * np.stack([*np.divmod(pixel, bins), iz], axis=1) - (bins - 1)
    place = (np.einsum("nij,nj->ni", chosen[owner], place) + bins - 1) // 2
    voxels = (place[:, 0] * bins + place[:, 1]) * bins + place[:, 2]
    by_index = np.lexsort([voxels, owner])
    start = np.einsum("nij,nj->ni", chosen, batch.start - np.float32(bins / 2)) + bins / 2
    return replace(
        batch,
        voxels=voxels[by_index].astype(np.int32),
        counts=batch.counts[by_index],
        direction=np.einsum("nij,nj->ni", chosen, batch.direction).astype(np.float32),
        start=start.astype(np.float32),
    )
