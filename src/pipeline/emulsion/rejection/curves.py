"""Rejection of background against the efficiency for signal, of any score.

A cluster passes a threshold if its score is at least as high. A score of NaN, an observable that
could not be measured, never passes. The rejection is the number of background clusters for each one
that passes.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipeline.emulsion.rejection.intervals import Array, clopper_pearson, expected_range

REJECTION = {
    "efficiency": "share of signal clusters that pass",
    "threshold": "lowest score that passes",
    "passed": "background clusters that pass",
    "total": "background clusters",
    "rejection": "total / passed; empty where nothing passes",
    "low": "lower end of its 68 % interval; where nothing passes, a limit with 84 %",
    "high": "upper end; empty where nothing passes",
}
GOAL = {
    "goal": "rejection to reach",
    "threshold": "lowest score that passes",
    "passed": "background clusters that pass",
    "total": "background clusters",
    "efficiency": "share of signal clusters that pass; empty if there is too little background",
    "efficiency_low": "lower end of its 68 % interval; 0 where the background ends before",
    "efficiency_high": "upper end",
}


def threshold_at(scores: ArrayLike, efficiency: float) -> float:
    """Highest threshold that at least the share `efficiency` of the scores passes.

    Raises:
        ValueError: there are no scores, or too few are known.
    """
    ordered = _descending(scores)
    place = int(np.ceil(efficiency * len(ordered) - 1e-9)) - 1
    if not 0 <= place < len(ordered):
        raise ValueError(
            f"no threshold has an efficiency of {efficiency:g} for {len(ordered)} scores"
        )
    if np.isneginf(ordered[place]):
        known = np.isfinite(ordered).mean()
        raise ValueError(f"efficiency {efficiency:g} asked for, but only {known:.3f} have a score")
    return float(ordered[place])


def passing(scores: ArrayLike, threshold: float) -> int:
    """Number of scores that pass a threshold."""
    return int((np.asarray(scores, np.float64) >= threshold).sum())


def rejection_curve(
    signal: ArrayLike, background: ArrayLike, efficiencies: Sequence[float]
) -> pd.DataFrame:
    """Rejection at thresholds of given efficiencies: a row of `REJECTION` for each.

    Equal scores pass together: the efficiency of a row may then exceed the one asked for.

    Raises:
        ValueError: see `threshold_at`; there is no background.
    """
    thresholds = [threshold_at(signal, efficiency) for efficiency in efficiencies]
    return rejection_at(signal, background, thresholds)


def rejection_at(
    signal: ArrayLike, background: ArrayLike, thresholds: Sequence[float]
) -> pd.DataFrame:
    """Rejection at given thresholds: a row of `REJECTION` for each.

    Raises:
        ValueError: there is no signal or no background.
    """
    counts = [len(np.asarray(scores)) for scores in (signal, background)]
    if not all(counts):
        raise ValueError(f"{counts[0]} signal and {counts[1]} background clusters; both are needed")
    total = counts[1]
    passed = np.array([passing(background, threshold) for threshold in thresholds])
    least, most = clopper_pearson(passed, total)
    with np.errstate(divide="ignore"):
        rejection, high = total / passed, 1 / least
    some = passed > 0
    return pd.DataFrame(
        {
            "efficiency": [passing(signal, threshold) / counts[0] for threshold in thresholds],
            "threshold": thresholds,
            "passed": passed,
            "total": total,
            "rejection": np.where(some, rejection, np.nan),
            "low": 1 / most,
            "high": np.where(some, high, np.nan),
        }
    )


def efficiency_at_goal(signal: ArrayLike, background: ArrayLike, goal: float) -> dict[str, float]:
    """Efficiency at the threshold where the rejection is `goal`: a row of `GOAL`.

    The threshold is a quantile of the background's scores. Its interval is that of order
    statistics: background clusters above the true threshold are binomial with probability 1/goal.
    The error of the efficiency at a fixed threshold is added in quadrature.

    Raises:
        ValueError: there is no signal or no background.
    """
    ordered, n = _descending(background), len(np.asarray(signal))
    total = len(ordered)
    if not n or not total:
        raise ValueError(f"{n} signal and {total} background clusters; both are needed")
    passed = int(total / goal)
    few, many = expected_range(total, 1 / goal)
    if not passed:
        return dict.fromkeys(GOAL, np.nan) | {"goal": goal, "passed": 0, "total": total}

    def above(place: int) -> int:
        """Signal above the background cluster at a place in the order."""
        return int((np.asarray(signal, np.float64) > ordered[min(place, total - 1)]).sum())

    middle = above(passed)
    efficiency = middle / n
    own_low, own_high = (float(end) for end in clopper_pearson(middle, n))
    down = efficiency - above(few - 1) / n if few else efficiency
    up = above(many) / n - efficiency
    threshold = float(np.nextafter(ordered[passed], np.inf))
    return {
        "goal": goal,
        "threshold": threshold,
        "passed": passing(background, threshold),
        "total": total,
        "efficiency": efficiency,
        "efficiency_low": max(efficiency - np.hypot(down, efficiency - own_low), 0.0),
        "efficiency_high": min(efficiency + np.hypot(up, own_high - efficiency), 1.0),
    }


def _descending(scores: ArrayLike) -> Array:
    """Scores from the highest; unknown ones last, as minus infinity."""
    values = np.nan_to_num(
        np.asarray(scores, np.float64), nan=-np.inf, posinf=np.inf, neginf=-np.inf
    )
    return np.sort(values)[::-1]
