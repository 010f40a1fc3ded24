"""Ratio of the densities of signal and background, for the likelihood ratio."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.statistics.excess.score_density import ScoreDensity, shares, used

Array = NDArray[np.float64]

# Expected background in a cell, in units of what a typical simulated event stands for.
EVENTS_PER_CELL = 10


@dataclass(frozen=True)
class DensityRatio:
    """f1 / f0 in cells of the score: `edges` (cells - 1) rise, `ratio` has shape (cells,).

    No cell rests on fewer than ten simulated background events: where the signal lies, neighbours
    are joined. Otherwise a cell that background happens to have missed would make any later event
    there a discovery.
    """

    edges: Array
    ratio: Array

    @classmethod
    def from_samples(cls, background: tuple[Array, Array], signal: tuple[Array, Array]) -> Self:
        """Estimate from scores and weights of background and signal.

        Cells are those of `ScoreDensity` joined from below until each expects at least ten times
        sum(w^2) / sum(w), the mean weight of an expected event. Weights of rare recoils are far
        smaller, so that many of these cannot hide that others are missing.

        Raises:
            ValueError: see `ScoreDensity.from_sample`.
        """
        score, weight = used(*background)
        fine = ScoreDensity.from_sample(score, weight)
        least = EVENTS_PER_CELL * float(np.square(weight).sum() / weight.sum() ** 2)
        edges = _joined(fine.edges, fine.share, least)
        f0, f1 = shares(edges, score, weight), shares(edges, *used(*signal))
        return cls(edges, f1 / f0)

    def log_gain(self, score: Array, signal_to_background: Array) -> Array:
        """ln(1 + s f1 / (B f0)) of scores (n,) for s / B (k,), shape (n, k)."""
        ratio = self.ratio[np.searchsorted(self.edges, score, side="right")]
        return np.log1p(ratio[:, None] * signal_to_background)


def _joined(edges: Array, share: Array, least: float) -> Array:
    """The edges between groups of neighbouring cells that have a share of `least` or more."""
    kept: list[int] = []
    held = 0.0
    for cell, own in enumerate(share[:-1]):
        held += own
        if held >= least:
            kept.append(cell)
            held = 0.0
    # What is left above the last edge is too little for a cell of its own.
    if kept and held + share[-1] < least:
        kept.pop()
    return edges[kept]
