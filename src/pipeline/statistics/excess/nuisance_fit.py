"""Functions of the score whose sum over the events hardly depends on rates and response.

A search that fits uncertain rates and the detector's response to its scores, with their
constraints, and looks at what remains does not mistake another response for a signal. In cells of
the score the background's expected contents m change by random amounts of covariance C. Where all
fluctuate like Gaussian variables, the profile likelihood weighs a function g of the score by the
inverse of diag(m) + C instead of 1 / m. With C = sum_k (m h_k) (m h_k)' that is to subtract

    sum_k c_k h_k,   c = (1 + N <h h'>)^-1 N <h g>

from g, the ridge regression of g on the relative changes h_k of the contents: averages are over the
background's density, N are its expected events. A component of the background has one h, what its
uncertainty adds; the response has those of K drawn responses, over sqrt(K), so that C holds all
orders of its parameters. (To first order this is Neyman's C(alpha) test, 1959.)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.statistics.excess.score_density import ScoreDensity

Array = NDArray[np.float64]

Function = Callable[[Array], Array]


@dataclass(frozen=True)
class NuisanceFit:
    """Relative changes h (cells, nuisances) of the background's contents of the density's cells.

    `share` (cells,) is the expected probability of each cell.
    """

    density: ScoreDensity
    share: Array
    changes: Array

    @classmethod
    def from_sample(
        cls,
        density: ScoreDensity,
        score: Array,
        components: Array,
        uncertainty: Array,
        responses: NDArray[np.float32],
    ) -> Self:
        """Estimate from simulated background events.

        Args:
            density: its cells are taken.
            score: scores (n,).
            components: events of each component that a simulated event stands for (n, components).
            uncertainty: relative, of the components' rates (components,).
            responses: weights of the events in responses drawn from the constraints (K, n).
        """
        cell, weight = density.cell(score), components.sum(axis=1)

        def contents(weight: Array) -> Array:
            return np.asarray(np.bincount(cell, weight, len(density.edges) + 1), np.float64)

        nominal = contents(weight)
        rates = [contents(own) for own in (components * uncertainty).T]
        drawn = [contents(weight * (own - 1)) / np.sqrt(len(responses)) for own in responses]
        added = np.column_stack([*rates, *drawn])
        changes = np.divide(added.T, nominal, out=np.zeros_like(added.T), where=nominal > 0).T
        return cls(density, nominal / nominal.sum(), changes)

    @property
    def of_shape(self) -> Self:
        """The same, blind to the number of events."""
        return replace(self, changes=self.changes - self.share @ self.changes)

    def insensitive(
        self, function: Function, score: Array, weight: Array, events: float
    ) -> Function:
        """`function` less what the fitted nuisances explain of it.

        Args:
            function: values (n, k) of scores (n,).
            score: scores of the background (n,).
            weight: their weights (n,).
            events: expected background events, N.
        """
        values, cell = function(score), self.density.cell(score)
        sums = [np.bincount(cell, weight * column, len(self.share)) for column in values.T]
        average = self.changes.T @ np.column_stack(sums) / weight.sum()
        curvature = self.changes.T @ (self.share[:, None] * self.changes)
        constraints = np.eye(len(curvature))
        fitted = np.linalg.solve(constraints + events * curvature, events * average)
        explained = self.changes @ fitted
        return lambda score: function(score) - explained[self.density.cell(score)]
