"""Ratio of the densities of signal and background, for the likelihood ratio."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.statistics.excess.score_density import ScoreDensity, shares, used

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

EVENTS_PER_CELL = 10  # simulated electronic recoils


@dataclass(frozen=True)
class DensityRatio:
    """f1 / f0 in cells of the score: `edges` (cells - 1) rise, `ratio` has shape (cells,).

    No cell rests on fewer than ten simulated electronic recoils: where the signal lies, neighbours
    are joined. Otherwise a cell that these happen to have missed would make any later event there a
    discovery.
    """

    edges: Array
    ratio: Array

    @classmethod
    def from_samples(
        cls, background: tuple[Array, Array], signal: tuple[Array, Array], electronic: Array
    ) -> Self:
        """Estimate from scores and weights of background and signal.

        Cells are those of `ScoreDensity` joined from below until each holds ten of the scores
        `electronic` (m,) of the background's electronic recoils. Nuclear recoils of the background
        do not count: they lie where the signal does, and would hide that the others are missing.

        Raises:
            ValueError: see `ScoreDensity.from_sample`.
        """
        score, weight = used(*background)
        edges = _joined(ScoreDensity.from_sample(score, weight).edges, electronic)
        f0, f1 = shares(edges, score, weight), shares(edges, *used(*signal))
        return cls(edges, f1 / f0)

    def cell(self, score: Array) -> Counts:
        """The cell of each score (n,)."""
        return np.searchsorted(self.edges, score, side="right")

    def log_gain(self, score: Array, signal_to_background: Array) -> Array:
        """ln(1 + s f1 / (B f0)) of scores (n,) for s / B (k,), shape (n, k)."""
        return np.log1p(self.ratio[self.cell(score)][:, None] * signal_to_background)


def _joined(edges: Array, electronic: Array) -> Array:
    """The edges between groups of neighbouring cells that hold enough of the scores (m,)."""
    counts = np.bincount(np.searchsorted(edges, electronic, side="right"), minlength=len(edges) + 1)
    kept: list[int] = []
    held = 0
    for cell, own in enumerate(counts[:-1].tolist()):
        held += own
        if held >= EVENTS_PER_CELL:
            kept.append(cell)
            held = 0
    # What is left above the last edge is too little for a cell of its own.
    if kept and held + counts[-1] < EVENTS_PER_CELL:
        kept.pop()
    return edges[kept]
