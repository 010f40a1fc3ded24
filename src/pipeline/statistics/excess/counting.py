"""The number of events alone, exactly: its distribution where the background is uncertain."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

Array = NDArray[np.float64]

KNOWN = 1e-6  # uncertainty below which scipy's negative binomial loses more digits than it has
FAR = 12.0  # standard deviations beyond which `at_most` has no event


@dataclass(frozen=True)
class NumberOfEvents:
    """Distribution of the number N of background events.

    `backgrounds` (k,) are equally probable numbers of expected events, such as those of drawn
    responses. Each is known with a relative `uncertainty`: distributed like a gamma variable with
    this standard deviation, as a sideband would leave it. N is then negative binomial.

    100 expected events, and 130 observed, 2.8 sigma:

    >>> NumberOfEvents(np.array([100.0])).at_least(np.array([130])).round(5).tolist()
    [0.00228]
    """

    backgrounds: Array
    uncertainty: float = 0.0

    def at_least(self, events: Array) -> Array:
        """P(N >= `events`), shape (n,) as `events`."""
        different, places = np.unique(events, return_inverse=True)
        tail = self._distribution.sf(different[:, None] - 1).mean(axis=1)
        return np.asarray(tail[places], np.float64)

    def at_most(self, events: Array, signal: float = 0.0) -> Array:
        """P(N + M <= `events`), shape (n,), where M are events of `signal` expected ones.

        >>> NumberOfEvents(np.array([1.0])).at_most(np.array([0]), 2.0).round(4).tolist()
        [0.0498]
        """
        first, chance = self._chances
        added = np.arange(np.ceil(signal + FAR * np.sqrt(signal) + FAR) + 1)
        below = np.cumsum(np.convolve(chance, poisson.pmf(added, signal)))
        place = np.asarray(events, int) - first
        return np.where(place < 0, 0.0, below[np.clip(place, 0, len(below) - 1)])

    def quantiles(self, p: Array) -> Array:
        """The least N whose P(at most N) reaches `p` (n,)."""
        first, chance = self._chances
        return first + np.searchsorted(np.cumsum(chance), p).astype(float)

    @property
    def _distribution(self) -> Any:
        if self.uncertainty < KNOWN:
            return poisson(self.backgrounds)
        shape = self.uncertainty**-2
        return nbinom(shape, shape / (shape + self.backgrounds))

    @cached_property
    def _chances(self) -> tuple[int, Array]:
        """The first number of events, and the chances of it and of those that follow."""
        b = self.backgrounds
        far = FAR * (1 + np.sqrt(b + (self.uncertainty * b) ** 2))
        n = np.arange(int(max((b - far).min(), 0)), int((b + far).max()) + 1)
        return int(n[0]), self._distribution.pmf(n[:, None]).mean(axis=1)
