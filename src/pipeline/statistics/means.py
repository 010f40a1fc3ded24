"""Means with their statistical errors."""

import numpy as np
from numpy.typing import NDArray


def mean_with_error(values: NDArray[np.floating]) -> tuple[float, float]:
    """Mean of independent values [n], and its standard error; NaN where one is not known.

    >>> mean_with_error(np.array([1.0, 3.0]))
    (2.0, 1.0)
    """
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
