"""Training or validation: decided by the event alone, never by its place in a file."""

import numpy as np
from numpy.typing import NDArray

from pipeline.core.seeds import seed_words


def held_out(
    event_id: NDArray[np.int64], source: str, seed: int, fraction: float
) -> NDArray[np.bool_]:
    """Mask [n] of the events of a source kept for validation, about `fraction` of all.

    The choice follows from the seed, the source and the event id only, so it does not change when
    files are split differently or events are added.
    """
    key = np.uint64(seed_words(seed, "validation", source)[0])
    return _mix(event_id.astype(np.uint64) ^ key) / 2.0**64 < fraction


def _mix(x: np.ndarray) -> np.ndarray:
    """Finaliser of SplitMix64 (Steele, Lea & Flood 2014, OOPSLA): 64 well-mixed bits."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
