"""Means with their statistical errors, and how many events weighted ones are worth."""

import numpy as np
from numpy.typing import NDArray


def mean_with_error(values: NDArray[np.floating]) -> tuple[float, float]:
    """Mean of independent values [n], and its standard error; NaN where one is not known.

    >>> mean_with_error(np.array([1.0, 3.0]))
    (2.0, 1.0)
    """
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def effective_events(weight: NDArray[np.float64]) -> float:
    """Events of equal weights that fluctuate as much as those of weights (n,) (Kish 1965).

    (sum w)^2 / sum w^2.

    >>> effective_events(np.array([1.0, 1.0, 1.0, 3.0]))
    3.0
    """
    return float(weight.sum() ** 2 / np.square(weight).sum())
