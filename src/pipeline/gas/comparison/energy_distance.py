"""Energy distance of two samples in many dimensions, with the null distribution by permutation.

E = 2 <|x - y|> - <|x - x'|> - <|y - y'|> is zero only for equal distributions (Szekely and Rizzo,
J. Stat. Plan. Inference 143 (2013) 1249). Every feature is divided by its spread in both samples
together, and features without a spread, such as the dead units of a network, are left out. Neither
knows which event is of which sample, so the permutation test is exact.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

PERMUTATIONS = 399
BLOCK_ROWS = 512  # of the matrix of distances, which is never in memory as a whole
LEAST_EIGENVALUE = 1e-6  # of the correlation matrix; less is rounding


@dataclass(frozen=True)
class EnergyTest:
    """Energy distance and those of permuted samples."""

    distance: float
    null: np.ndarray  # float64 [permutations]

    @property
    def p_value(self) -> float:
        """Share of the permutations, the true order among them, with no smaller distance."""
        return float((1 + np.sum(self.null >= self.distance)) / (1 + len(self.null)))

    @property
    def sigmas(self) -> float:
        """Distance from the mean of the null, in units of its spread."""
        return float((self.distance - self.null.mean()) / self.null.std())


def energy_test(
    first: np.ndarray,
    second: np.ndarray,
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
) -> EnergyTest:
    """Test whether the events [n, d] and [m, d] have the same distribution.

    Raises:
        ValueError: a value is not finite, or no feature differs between any two events.
    """
    events = _scaled(np.concatenate([first, second]))
    n, m = len(first), len(second)
    weights = np.concatenate([np.full(n, 1 / n), np.full(m, -1 / m)])
    orders = [weights, *(rng.permutation(weights) for _ in range(permutations))]
    # E = -w D w of the matrix D of distances.
    columns = np.stack(orders, axis=1)
    distances = np.zeros(permutations + 1)
    for row in range(0, n + m, BLOCK_ROWS):
        block = slice(row, row + BLOCK_ROWS)
        distances -= np.sum(columns[block] * (cdist(events[block], events) @ columns), axis=0)
    return EnergyTest(float(distances[0]), distances[1:])


def whitened(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The events [n, d] and [m, d] in uncorrelated features of unit variance, of both together.

    A few correlated features show much smaller differences so. Combinations of features that do
    not vary are left out.
    """
    events = _scaled(np.concatenate([first, second]))
    events = events - events.mean(axis=0)
    eigenvalues, vectors = np.linalg.eigh(events.T @ events / len(events))
    kept = eigenvalues > LEAST_EIGENVALUE
    events = events @ (vectors[:, kept] / np.sqrt(eigenvalues[kept]))
    return events[: len(first)], events[len(first) :]


def _scaled(events: np.ndarray) -> np.ndarray:
    events = events.astype(np.float64)
    if not np.isfinite(events).all():
        raise ValueError("energy distance: expected finite features of all events")
    spread = events.std(axis=0)
    # The spread of equal numbers may be a rounding error.
    kept = spread > 1e-9 * np.abs(events).max(axis=0)
    if not kept.any():
        raise ValueError("energy distance: no feature differs between any two events")
    scaled: np.ndarray = events[:, kept] / spread[kept]
    return scaled
