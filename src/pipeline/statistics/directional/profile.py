"""The likelihood ratio at the signal fraction that fits best."""

from math import log

import numpy as np
from numba import njit
from numpy.typing import NDArray

# The rest of a likelihood ratio that is left to gain.
_GAIN = 1e-6
_STEPS = 60


@njit(cache=True)
def profile_ratio(excess: NDArray[np.float64]) -> float:
    """Largest 2 sum ln(1 + f e) of all f from 0 to 1, for e > -1 of each event.

    The sum is concave in f: Newton steps, halved where they leave the bracket.
    """
    low, high, f = 0.0, 2.0, 0.0  # above 1: no slope < 0 was found yet
    for _ in range(_STEPS):
        slope, curvature = 0.0, 0.0
        for e in excess:
            term = e / (1 + f * e)
            slope += term
            curvature += term * term
        if slope > 0:
            low = f
        else:
            high = f
        if (slope <= 0 and f == 0) or (slope >= 0 and f == 1) or slope * slope < _GAIN * curvature:
            break
        f = min(f + slope / curvature, 1.0)
        if not low < f < high:
            f = 0.5 * (low + high)
    total = 0.0
    for e in excess:
        total += log(1 + f * e)
    return 2 * total
