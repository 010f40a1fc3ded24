"""Test statistics of a counted sample of scores against background alone.

Large values speak against background alone. B background events are expected and N observed; S is
the sum of -ln f0 over the N scores, f0 the background's density of the score.

- anomaly: q = -2 ln L with the extended likelihood L = e^-B / N! prod B f0 (Barlow 1990, Nucl.
  Instrum. Meth. A 297, 496), as the DARWIN study has it. It is not free of the score's unit:
  scaling the score by a adds 2 N ln a. Where the mean h of -ln f0 is large, q counts events.
- shape: (S - N h) / sqrt(N v), v the variance of -ln f0: what the scores say given N, in any unit.
- counting: N alone, exact.
- likelihood_ratio: q = 2 (sum ln(1 + s f1 / (B f0)) - s), which knows the signal: s events of
  density f1. By Neyman & Pearson (1933) no test of the same scores does better.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import poisson

from pipeline.statistics.excess.score_density import ScoreDensity

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


def log_likelihood_gain(f0: ScoreDensity, f1_share: Array, signal_to_background: float) -> Array:
    """ln(1 + s f1 / (B f0)) in each cell of f0, f1 given by its probability of each cell.

    Infinite where signal may fall and background cannot.
    """
    ratio = np.divide(
        f1_share, f0.share, out=np.where(f1_share > 0, np.inf, 0.0), where=f0.share > 0
    )
    return np.log1p(signal_to_background * ratio)


def likelihood_ratio(gain: Array, signal: float) -> Array:
    """q from the sum of `log_likelihood_gain` over the events, `signal` events expected."""
    return 2 * (gain - signal)


def counting_p(background: float, signal: float) -> float:
    """Exact p-value of the median number of events of Poisson(B + s).

    The right tail with the observed number in it: P(N >= median | B).

    100 expected background events and 30 of the signal, 2.8 sigma:

    >>> round(counting_p(100.0, 30.0), 5)
    0.00228
    """
    median = poisson.median(background + signal)
    return float(poisson.sf(median - 1, background))
