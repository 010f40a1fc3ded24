"""Means over ordered pairs of independent samples, with the error of a jackknife over samples."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Progress

Array = NDArray[np.float64]

Pair = tuple[int, int]


def over_pairs(
    samples: int, rates: Callable[[int, int], dict[str, Array]]
) -> dict[str, tuple[Array, Array]]:
    """Mean and error of what `rates` gives for each ordered pair of samples, by its names.

    Pairs of one first sample follow each other.

    Raises:
        ValueError: there are fewer than three samples.
    """
    if samples < 3:
        raise ValueError(f"coverage needs three or more independent samples, got {samples}")
    pairs = list(permutations(range(samples), 2))
    progress = Progress("coverage", len(pairs), "pairs of samples")
    found: dict[Pair, dict[str, Array]] = {}
    for pair in pairs:
        found[pair] = rates(*pair)
        progress.update(1)
    progress.finish()
    return {
        name: _jackknife({pair: rate[name] for pair, rate in found.items()}, samples)
        for name in found[pairs[0]]
    }


def _jackknife(rates: dict[Pair, Array], samples: int) -> tuple[Array, Array]:
    """Mean over pairs, and its error from leaving out one sample after the other."""
    mean = np.mean(list(rates.values()), axis=0)
    without = np.array(
        [
            np.mean([rate for pair, rate in rates.items() if left_out not in pair], axis=0)
            for left_out in range(samples)
        ]
    )
    spread = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    return mean, np.sqrt((samples - 1) / samples * spread)
