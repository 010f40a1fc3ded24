"""Training or validation: decided by the event alone, never by its place in a shard."""

import numpy as np

from pipeline.provenance import seed_words
from pipeline.voxels.shards import VoxelBatch


def in_validation(batch: VoxelBatch, seed: int, fraction: float) -> np.ndarray:
    """Mask bool [n] of the events kept for validation, about `fraction` of all.

    An event's fate follows from the seed, its source and its event id, so it stays the same
    when shards are cut differently or events are added.
    """
    mask = np.zeros(len(batch), dtype=bool)
    for source in np.unique(batch.source):
        mine = batch.source == source
        key = np.uint64(seed_words(seed, "validation", str(source))[0])
        uniform = _mix(batch.event_id[mine].astype(np.uint64) ^ key) / 2.0**64
        mask[mine] = uniform < fraction
    return mask


def _mix(x: np.ndarray) -> np.ndarray:
    """Finaliser of SplitMix64 (Steele, Lea & Flood 2014, OOPSLA): 64 well-mixed bits."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
