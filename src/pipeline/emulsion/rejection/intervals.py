"""Exact binomial intervals.

Clopper & Pearson, Biometrika 26 (1934) 404: equal tails, by default 68.27 % in between.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, binom, norm

Array = NDArray[np.float64]

ONE_SIGMA = float(1 - 2 * norm.sf(1))


def clopper_pearson(
    passed: ArrayLike, total: ArrayLike, content: float = ONE_SIGMA
) -> tuple[Array, Array]:
    """Lower and upper end of the interval on a binomial probability; NaN where `total` is 0.

    Where nothing passes the lower end is 0 and the upper end 1 - ((1 - content) / 2)^(1/total), a
    one-sided limit with the probability (1 + content) / 2.

    >>> [end.round(4).item() for end in clopper_pearson(10, 1000)]
    [0.0069, 0.0142]
    """
    k, n = np.asarray(passed, np.float64), np.asarray(total, np.float64)
    tail = (1 - content) / 2
    low = np.where(k > 0, beta.ppf(tail, np.maximum(k, 1), n - k + 1), 0.0)
    high = np.where(k < n, beta.isf(tail, k + 1, np.maximum(n - k, 1)), 1.0)
    known = n > 0
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def expected_range(total: int, probability: float) -> tuple[int, ...]:
    """Numbers that pass of `total` with a probability, at 16 % and 84 % of their distribution."""
    tail = norm.sf(1)
    return tuple(int(binom.ppf(q, total, probability)) for q in (tail, 1 - tail))
