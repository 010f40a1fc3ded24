"""Test statistics of a counted sample of scores against background alone.

Large values speak against background alone. B background events are expected and N observed; S is
the sum of -ln f0 over the N scores, f0 the background's density of the score.

- anomaly: q = -2 ln L with the extended likelihood L = e^-B / N! prod B f0 (Barlow 1990, Nucl.
  Instrum. Meth. A 297, 496), as the DARWIN study has it. It is not free of the score's unit:
  scaling the score by a adds 2 N ln a. Where the mean h of -ln f0 is large, q counts events.
- shape: (S - N h) / sqrt(N v), v the variance of -ln f0: what the scores say given N, in any unit.
- counting: N alone, exact; see `counting`.
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
