"""Ratio of the densities of signal and background, for the likelihood ratio."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.statistics.excess.score_density import ScoreDensity, shares, used

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

EVENTS_PER_CELL = 10  # simulated electronic recoils, of equal weights


@dataclass(frozen=True)
class DensityRatio:
    """f1 / f0 in cells of the score: `edges` (cells - 1) rise, `ratio` has shape (cells,).

    No cell rests on fewer than ten simulated electronic recoils, or on others that fluctuate as ten
    equal ones do: where the signal lies, neighbours are joined. Otherwise a cell that these happen
    to have missed would make any later event there a discovery.
    """

    edges: Array
    ratio: Array

    @classmethod
    def from_samples(
        cls,
        background: tuple[Array, Array],
        signal: tuple[Array, Array],
        electronic: tuple[Array, Array],
    ) -> Self:
        """Estimate from scores and weights of background and signal.

        Cells are those of `ScoreDensity` joined from below until each holds ten effective ones of
        the background's recoils that are `electronic`. Its nuclear recoils do not count: they lie
        where the signal does, and would hide that the others are missing.

        Raises:
            ValueError: see `ScoreDensity.from_sample`.
        """
        score, weight = used(*background)
        edges = _joined(ScoreDensity.from_sample(score, weight).edges, *electronic)
        f0, f1 = shares(edges, score, weight), shares(edges, *used(*signal))
        return cls(edges, f1 / f0)

    def cell(self, score: Array) -> Counts:
        """The cell of each score (n,)."""
        return np.searchsorted(self.edges, score, side="right")

    def log_gain(self, score: Array, signal_to_background: Array) -> Array:
        """ln(1 + s f1 / (B f0)) of scores (n,) for s / B (k,), shape (n, k)."""
        return np.log1p(self.ratio[self.cell(score)][:, None] * signal_to_background)


def _joined(edges: Array, score: Array, weight: Array) -> Array:
    """The edges between groups of neighbouring cells that hold enough of the recoils (m,)."""
    cells = np.searchsorted(edges, score, side="right")
    sums, squares = (np.bincount(cells, weight**k, len(edges) + 1) for k in (1, 2))
    kept: list[int] = []
    held = np.zeros(2)
    for cell, own in enumerate(np.column_stack([sums, squares])[:-1]):
        held += own
        if _enough(*held):
            kept.append(cell)
            held = np.zeros(2)
    # What is left above the last edge may be too little for a cell of its own.
    if kept and not _enough(held[0] + sums[-1], held[1] + squares[-1]):
        kept.pop()
    return edges[kept]


def _enough(total: float, squares: float) -> bool:
    """Whether weights of this sum and sum of squares are worth ten equal ones; see `means`."""
    # Rounding must not make ten equal weights fewer.
    return bool(total**2 * (1 + 1e-9) >= EVENTS_PER_CELL * squares > 0)
