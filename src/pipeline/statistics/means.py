"""Means and ratios of them with statistical errors; how many events weighted ones are worth."""

import numpy as np
from numpy.typing import NDArray


def mean_with_error(values: NDArray[np.floating]) -> tuple[float, float]:
    """Mean of independent values [n], and its standard error; NaN where one is not known.

    >>> mean_with_error(np.array([1.0, 3.0]))
    (2.0, 1.0)
    """
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def root_mean_with_error(squares: NDArray[np.floating]) -> tuple[float, float]:
    """Root of the mean of independent squares [n], and its standard error, to first order.

    >>> root_mean_with_error(np.array([7.0, 11.0]))
    (3.0, 0.3333333333333333)
    """
    square, square_err = mean_with_error(squares)
    return square**0.5, 0.5 * square_err / square**0.5


def mean_of_groups(values: NDArray[np.floating], group: NDArray[np.integer]) -> tuple[float, float]:
    """Mean of values [n] of which only different groups are independent, and its standard error.

    `group` [n] is a number for the group of each value. The error is
    sqrt(G / (G - 1) sum_g (sum of (x - mean) in g)^2) / n for G groups, which a bootstrap of whole
    groups gives too, and `mean_with_error` where each value is a group; NaN for one group.

    >>> mean_of_groups(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]))
    (2.0, 1.0)
    """
    _, place = np.unique(group, return_inverse=True)
    mean = float(values.mean())
    sums = np.bincount(place, values - mean)
    if len(sums) < 2:
        return mean, float("nan")
    scatter = np.sqrt(np.square(sums).sum() * len(sums) / (len(sums) - 1))
    return mean, float(scatter / len(values))


def ratio_terms(
    values: NDArray[np.floating], reference: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Values [n] whose mean is the ratio r = mean(values) / mean(reference) of pairs.

    They are r + (values - r reference) / mean(reference): to first order, the error of their mean
    is that of the ratio (delta method). NaN where the mean of the reference is 0.

    >>> ratio_terms(np.array([1.0, 3.0]), np.array([2.0, 2.0])).tolist()
    [0.5, 1.5]
    """
    below = float(reference.mean())
    if below == 0:
        return np.full(len(values), np.nan)
    ratio = float(values.mean()) / below
    return np.asarray(ratio + (values - ratio * reference) / below)


def effective_events(weight: NDArray[np.float64]) -> float:
    """Events of equal weights that fluctuate as much as those of weights (n,) (Kish 1965).

    (sum w)^2 / sum w^2.

    >>> effective_events(np.array([1.0, 1.0, 1.0, 3.0]))
    3.0
    """
    return float(weight.sum() ** 2 / np.square(weight).sum())
