"""An uncertain response of the detector: how many events each simulated event stands for.

Nuisance parameters have a standard normal distribution, the constraint of a calibration. The weight
of a simulated event is the exponential of a polynomial in them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from pipeline.core.seeds import generator

Array = NDArray[np.float64]
Weights = NDArray[np.float32]
Counts = NDArray[np.int64]

NONE = 1e-6  # what rounding leaves of a term that is zero
BLOCK = 64  # toys whose weights are in memory at a time


@dataclass(frozen=True)
class Response:
    """Coefficients (events, terms) of ln w, by number of the event.

    `terms` holds the numbers of the parameters of each product: (0,), (0, 0), (0, 1)... Without
    terms the response is known, and all weights are one.
    """

    terms: tuple[tuple[int, ...], ...] = ()
    coefficients: Array = field(default_factory=lambda: np.zeros((0, 0)))

    @classmethod
    def of(cls, log_weight: Mapping[tuple[str, ...], Array]) -> Self:
        """From the coefficient (events,) of each product of parameters; terms of 1e-6 are dropped.

        Products of parameters are keyed by their names.
        """
        names = sorted({name for product in log_weight for name in product})
        kept = {key: term for key, term in log_weight.items() if np.abs(term).max() > NONE}
        if not kept:
            return cls()
        terms = tuple(tuple(names.index(name) for name in product) for product in kept)
        return cls(terms, np.column_stack(list(kept.values())))

    @property
    def parameters(self) -> int:
        """Number of nuisance parameters."""
        return 1 + max((number for product in self.terms for number in product), default=-1)

    def draw(
        self, rng: np.random.Generator, toys: int, different: int | None = None
    ) -> "Responses":
        """Responses of toys from the constraints: `different` ones take turns; None: one each."""
        different = min(different or toys, toys) if self.terms else 1
        return Responses(self, rng.standard_normal((different, self.parameters)), toys)

    def even(self, number: int) -> "Responses":
        """A `number` of responses that fill the constraints more evenly than random ones.

        By Sobol points (Owen 1995); `number` is a power of two. One response where it is known.
        """
        if not self.terms:
            return Responses(self, np.empty((1, 0)), 1)
        points = qmc.MultivariateNormalQMC(np.zeros(self.parameters), rng=generator(0, "even"))
        return Responses(self, np.asarray(points.random(number), np.float64), number)


KNOWN = Response()


@dataclass(frozen=True)
class Responses:
    """Parameters `theta` (different, parameters) of the responses that `toys` take in turn."""

    response: Response
    theta: Array
    toys: int

    def weights(self, event: Counts) -> Weights:
        """Weights (different, n) of the events of these numbers (n,)."""
        return self._weights(self.theta, self._coefficients(event))

    def _coefficients(self, event: Counts) -> Weights:
        """Coefficients (n, terms) of the events of these numbers (n,)."""
        if not self.response.terms:
            return np.zeros((len(event), 0), np.float32)
        return self.response.coefficients[event].astype(np.float32)

    def _weights(self, theta: Array, coefficients: Weights) -> Weights:
        """Weights (different, n) at `theta` (different, parameters)."""
        products = [np.prod(theta[:, list(term)], axis=1) for term in self.response.terms]
        powers = np.reshape(products, (-1, len(theta))).astype(np.float32)
        log = powers.T @ coefficients.T
        # None of the numbers that single precision holds is zero or infinite.
        return np.exp(np.clip(log, -80, 80, out=log))

    def blocks(self, event: Counts, one_each: bool = False) -> Iterator[tuple[slice, Weights]]:
        """Groups of toys, and weights (different, n) that the toys of the group take in turn.

        A single response makes one group of all toys, unless there is more that is different for
        each of them (`one_each`).
        """
        size = self.toys if len(self.theta) == 1 and not one_each else BLOCK
        coefficients = self._coefficients(event)
        for start in range(0, self.toys, size):
            own = np.arange(start, min(start + size, self.toys))
            theta = self.theta if len(self.theta) == 1 else self.theta[own % len(self.theta)]
            yield slice(start, start + size), self._weights(theta, coefficients)
