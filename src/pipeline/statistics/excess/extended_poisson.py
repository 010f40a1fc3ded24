"""Test statistics of a counted sample of scores against background alone.

Large values speak against background alone. B background events are expected and N observed; S is
the sum of -ln f0 over the N scores, f0 the background's density of the score.

- anomaly: q = -2 ln L with the extended likelihood L = e^-B / N! prod B f0 (Barlow 1990, Nucl.
  Instrum. Meth. A 297, 496), as the DARWIN study has it. It is not free of the score's unit:
  scaling the score by a adds 2 N ln a. Where the mean h of -ln f0 is large, q counts events.
- shape: (S - N h) / sqrt(N v), v the variance of -ln f0: what the scores say given N, in any unit.
- counting: N alone, exact.
- likelihood_ratio: q = 2 (sum ln(1 + s f1 / (B f0)) - s), which knows the signal: s events of
  density f1. By Neyman & Pearson (1933) no test of the same scores does better, if all is known.

Where rates or the response are uncertain, shape and likelihood ratio take -ln f0 and the logarithm
less what nuisance parameters fitted to the scores explain of them, see `nuisance_fit`; h and v are
then those of what is left.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import nbinom, poisson

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

ANOMALY, SHAPE = "anomaly", "shape"
COUNTING, LIKELIHOOD_RATIO = "counting", "likelihood_ratio"


class Surprise(NamedTuple):
    """Mean and variance of -ln f0 of background events."""

    mean: float
    variance: float

    @classmethod
    def of(cls, minus_log_density: Array, weight: Array) -> "Surprise":
        """Of a weighted sample."""
        mean = np.average(minus_log_density, weights=weight)
        return cls(float(mean), float(np.average((minus_log_density - mean) ** 2, weights=weight)))


def anomaly(events: Counts, surprise: Array, background: float) -> Array:
    """q = -2 ln L of `events` (toys,) with S = `surprise` (toys,) where `background` is B."""
    n = np.asarray(events, float)
    return np.asarray(
        2 * (background + gammaln(n + 1) - n * np.log(background) + surprise), np.float64
    )


def shape(events: Counts, surprise: Array, of_background: Surprise) -> Array:
    """The standardised mean of -ln f0; zero without events or where f0 is even."""
    spread = np.sqrt(events * of_background.variance)
    offset = surprise - events * of_background.mean
    return np.divide(offset, spread, out=np.zeros(len(offset)), where=spread > 0)


def likelihood_ratio(gain: Array, signal: Array | float) -> Array:
    """q from the sum of `DensityRatio.log_gain` over the events, `signal` events expected."""
    return 2 * (gain - signal)


def counting_p(background: float, signal: float, uncertainty: float = 0.0) -> float:
    """Exact p-value of the median number of events of Poisson(B + s).

    The right tail with the observed number in it: P(N >= median | B).

    100 expected background events and 30 of the signal, 2.8 sigma:

    >>> round(counting_p(100.0, 30.0), 5)
    0.00228
    """
    return counted_p(poisson.median(background + signal), background, uncertainty)


def counted_p(events: float, background: float, uncertainty: float = 0.0) -> float:
    """P(N >= `events` | B), where B is known with a relative `uncertainty`.

    B is distributed like a gamma variable with this standard deviation, as a sideband would leave
    it; N is then negative binomial.
    """
    if uncertainty == 0:
        return float(poisson.sf(events - 1, background))
    shape = uncertainty**-2
    return float(nbinom.sf(events - 1, shape, shape / (shape + background)))


def counted_below(
    events: Array | float, background: float, signal: float, uncertainty: float = 0.0
) -> Array:
    """P(N <= `events` | B + s), where B is known with a relative `uncertainty` as in `counted_p`.

    >>> float(np.round(counted_below(0.0, 1.0, 2.0), 4))
    0.0498
    """
    if uncertainty == 0:
        return np.asarray(poisson.cdf(events, background + signal), np.float64)
    shape = uncertainty**-2
    added = np.arange(np.ceil(signal + 10 * np.sqrt(signal) + 10) + 1)
    below = nbinom.cdf(np.subtract.outer(events, added), shape, shape / (shape + background))
    return np.asarray(below @ poisson.pmf(added, signal), np.float64)
