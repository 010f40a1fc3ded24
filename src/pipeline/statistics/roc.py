"""Receiver operating characteristic: how well a score separates two kinds of events."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


def area_under_curve(score: Floats, label: NDArray[np.bool_]) -> float:
    """Chance that a labelled event scores higher than another; 0.5 for scores without information.

    `score` and `label` are [n], with events of both kinds; equal scores count half.

    >>> area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    positives, negatives = label.sum(), (~label).sum()
    statistic = stats.rankdata(score)[label].sum() - positives * (positives + 1) / 2
    return float(statistic / (positives * negatives))


def auc_error(auc: float, positives: int, negatives: int) -> float:
    """Standard error of an area under the ROC curve; Hanley & McNeil, Radiology 143 (1982) 29.

    At AUC 0.5 with n and m events it is sqrt((n+m+1)/(12 n m)), whatever the distributions.

    >>> round(auc_error(0.5, 100, 100), 4)
    0.0409
    """
    two_positives, two_negatives = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (
        auc * (1 - auc)
        + (positives - 1) * (two_positives - auc**2)
        + (negatives - 1) * (two_negatives - auc**2)
    )
    return float(np.sqrt(max(variance, 0.0) / (positives * negatives)))
