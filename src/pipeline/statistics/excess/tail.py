"""The upper tail of a test statistic, to say how rare a value beyond all pseudo-experiments is.

The logarithm of the probability to exceed q is modelled as

    -ln P(q) = y (1 + rho (q - u) / g)^(1 / rho),   y = -ln P(u)

above a threshold u, the generalised Weibull tail that wide classes of distributions approach (de
Valk 2016, Extremes 19, 661). rho is 1/2 for a Gaussian tail and 1 for that of a gamma variable;
mixtures over an uncertain response have larger ones. A generalised Pareto distribution, which also
is fitted to the largest values, ends at a finite q where a tail is Gaussian.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import ndtri_exp

Array = NDArray[np.float64]

SHARE, FEWEST = 0.05, 20  # of the toys, which make the tail
GAUSSIAN, HEAVIEST = 0.5, 10.0  # rho; a lighter tail than a Gaussian one is not believed
STEP = 1e-3  # of numerical derivatives, in units of the parameters


@dataclass(frozen=True)
class Tail:
    """Tail above `threshold` of `level` = y, with `parameters` ln g and rho and their covariance.

    `level_variance` is that of y: how well the share of the toys above the threshold is known.
    """

    threshold: float
    level: float
    level_variance: float
    parameters: Array
    covariance: Array

    @classmethod
    def of(cls, toys: Array) -> Self:
        """Fit the largest 5 % of toys (n,), 20 at least, by maximum likelihood.

        Raises:
            ValueError: there are no more than 20 toys, or the largest ones are all equal.
        """
        number = max(int(SHARE * len(toys)), FEWEST)
        if len(toys) <= number:
            raise ValueError(f"a tail needs more than {FEWEST} toys, got {len(toys)}")
        largest = np.sort(toys)[-number - 1 :]
        excess = largest[1:] - largest[0]
        if excess[-1] <= 0:
            raise ValueError(f"the largest {number} of {len(toys)} toys are all equal: no tail")
        level = float(np.log(len(toys) / number))

        def loss(parameters: Array) -> float:
            return -float(_log_density(excess, level, parameters).sum())

        start = np.array([np.log(level * excess.mean()), 1.0])
        fit = minimize(
            loss, start, method="Nelder-Mead", bounds=[(None, None), (GAUSSIAN, HEAVIEST)]
        )
        # Derivatives of each toy's ln of the density: their products estimate the information.
        up, down = (
            np.array([_log_density(excess, level, fit.x + step) for step in sign * np.eye(2)])
            for sign in (STEP, -STEP)
        )
        slopes = (up - down) / (2 * STEP)
        variance = (1 - number / len(toys)) / number
        return cls(float(largest[0]), level, variance, fit.x, np.linalg.inv(slopes @ slopes.T))

    def log_p(self, q: Array | float) -> Array:
        """ln of the probability to exceed q."""
        return -self.level * _growth(np.asarray(q, float) - self.threshold, self.parameters)

    def density(self, q: Array) -> Array:
        """Probability density (n,) at q, zero below the threshold."""
        excess = np.maximum(q - self.threshold, 0)
        log = _log_density(excess, self.level, self.parameters) - self.level
        return np.where(q >= self.threshold, np.exp(log), 0.0)

    def significance(self, q: float) -> tuple[float, float]:
        """Significance of q [sigma] and its error, of the number of toys.

        The error has both parameters, also where rho is at its Gaussian limit.
        """
        excess = np.asarray(q - self.threshold)

        def z(level: float, parameters: Array) -> float:
            return -float(ndtri_exp(-level * _growth(excess, parameters)))

        of_level = (z(self.level + STEP, self.parameters) - z(self.level, self.parameters)) / STEP
        slopes = np.array(
            [
                (z(self.level, self.parameters + step) - z(self.level, self.parameters - step))
                / (2 * STEP)
                for step in STEP * np.eye(2)
            ]
        )
        variance = slopes @ self.covariance @ slopes + self.level_variance * of_level**2
        return z(self.level, self.parameters), float(np.sqrt(variance))


def _growth(excess: Array, parameters: Array) -> Array:
    """-ln P over its value at the threshold, of `excess` (n,) above it."""
    log_scale, rho = parameters
    return np.asarray((1 + rho * excess * np.exp(-log_scale)) ** (1 / rho), np.float64)


def _log_density(excess: Array, level: float, parameters: Array) -> Array:
    """ln of the density (n,) of the excess above the threshold, given that it is there."""
    log_scale, rho = parameters
    log = np.log1p(rho * excess * np.exp(-log_scale))
    return np.log(level) - log_scale + (1 / rho - 1) * log - level * np.expm1(log / rho)
