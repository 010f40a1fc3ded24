"""The anomaly score TS from its terms (arXiv 2410.00755, section 3), without networks."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit

Floats = NDArray[np.floating]


def anomaly_score(
    kl: Floats, reconstruction: Floats, logit: Floats, beta: float, ratio: float
) -> NDArray[np.float64]:
    """TS [n] from the terms of n events, each [n].

    -ln(1 - p) = ln(1 + e^logit) is computed from the logit, so it is finite where p rounds to 1.
    """
    certainty = -log_expit(-np.asarray(logit, np.float64))
    return beta * np.asarray(kl, np.float64) + np.asarray(reconstruction) + ratio * certainty
