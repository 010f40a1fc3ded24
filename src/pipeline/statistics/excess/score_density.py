"""Density of a score under background alone, from a weighted sample.

A histogram whose cells hold equally many simulated events, with exponential tails beyond the
outermost edges. It is normalised by construction and positive wherever a score may fall, which a
kernel estimate is not in the far tail: there ln f0 would hang on the kernel's shape alone. Cells
of equal counts of unweighted events resolve a rare component (nuclear recoils) as finely as the
one that carries the weight.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EVENTS_PER_CELL = 100


@dataclass(frozen=True)
class ScoreDensity:
    """f0 in cells: below the first edge, between edges, at and above the last edge.

    `edges` (cells - 1) rise; `share` (cells) is each cell's probability; `below_scale` and
    `above_scale` are the decay lengths of the tails, in units of the score.
    """

    edges: Array
    share: Array
    below_scale: float
    above_scale: float

    @classmethod
    def from_sample(cls, score: Array, weight: Array) -> Self:
        """Estimate from events of `score` (n,) and `weight` (n,); zero weights do not count.

        Raises ValueError if a score or weight is not finite, fewer than 300 events count, or too
        many share one score for a density to exist.
        """
        score, weight = used(score, weight)
        if len(score) < 3 * EVENTS_PER_CELL:
            raise ValueError(
                f"a density of the score needs {3 * EVENTS_PER_CELL} events, got {len(score)}"
            )
        steps = np.linspace(0, 1, len(score) // EVENTS_PER_CELL + 1)[1:-1]
        # Scores of the sample itself: no cell between two of them is empty.
        edges = np.unique(np.quantile(score, steps, method="inverted_cdf"))
        below, above = score < edges[0], score >= edges[-1]
        if len(edges) < 2 or not below.any() or np.ptp(score[above]) == 0:
            raise ValueError(
                "the score has no density: too many of its values are equal, such as "
                f"{np.median(score):g}"
            )
        return cls(
            edges,
            shares(edges, score, weight),
            float(np.average(edges[0] - score[below], weights=weight[below])),
            float(np.average(score[above] - edges[-1], weights=weight[above])),
        )

    def cell(self, score: Array) -> NDArray[np.int64]:
        """The cell of each score (n,); ValueError where a score is not finite."""
        if not np.isfinite(score).all():
            raise ValueError(f"score {score[~np.isfinite(score)][0]} is not finite")
        return np.searchsorted(self.edges, score, side="right")

    def log_density(self, score: Array) -> Array:
        """ln f0 at each score (n,). Raises ValueError where f0 is zero or undefined."""
        cell = self.cell(score)
        with np.errstate(divide="ignore"):
            height = np.log(self.share) - np.log(
                np.concatenate([[self.below_scale], np.diff(self.edges), [self.above_scale]])
            )
        log_density = height[cell]
        below, above = cell == 0, cell == len(self.edges)
        log_density[below] -= (self.edges[0] - score[below]) / self.below_scale
        log_density[above] -= (score[above] - self.edges[-1]) / self.above_scale
        zero = ~np.isfinite(log_density)
        if zero.any():
            raise ValueError(
                f"f0 is zero at score {score[zero][0]:g}: the background sample has no event near "
                "it; take more background events"
            )
        return log_density


def used(score: Array, weight: Array) -> tuple[Array, Array]:
    """Scores and weights of the events that count; raises ValueError as `counted`."""
    kept = counted(score, weight)
    return score[kept], weight[kept]


def counted(score: Array, weight: Array) -> NDArray[np.bool_]:
    """Which events (n,) count, those of positive weight.

    Raises ValueError unless scores and weights are finite, weights not negative and not all zero.
    """
    if not (np.isfinite(score).all() and np.isfinite(weight).all()):
        raise ValueError("scores and weights must be finite")
    if (weight < 0).any() or not (weight > 0).any():
        raise ValueError("no event is expected: weights must be positive somewhere, nowhere below")
    return weight > 0


def shares(edges: Array, score: Array, weight: Array) -> Array:
    """Probabilities (len(edges) + 1,) of the cells between edges, of a weighted sample."""
    cell = np.searchsorted(edges, score, side="right")
    return np.bincount(cell, weights=weight, minlength=len(edges) + 1) / weight.sum()
