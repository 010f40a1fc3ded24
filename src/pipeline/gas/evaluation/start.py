"""The predicted start of the track against the true one."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.physics.event_columns import TRUE_START
from pipeline.statistics.directional.predictions import START
from pipeline.statistics.means import mean_with_error, root_mean_with_error

FAR_MM = 5.0
COLUMNS = [
    *("events", "distance_median_mm", "distance_median_mm_err"),
    *(f"pull_rms_{axis}{end}" for axis in "xyz" for end in ("", "_err")),
    *("beyond_5mm", "beyond_5mm_err"),
]


def start_numbers(predictions: pd.DataFrame) -> pd.DataFrame:
    """A row of `COLUMNS` on events of different tracks; none without a predicted start.

    Median distance between predicted and true start, rms pull (error over predicted error) along
    each axis, and share of the events beyond 5 mm. The median's error is half the distance of the
    quantiles between which it lies in 68 % of samples, whatever the distribution.
    """
    known = predictions.dropna(subset=START)
    if known.empty:
        return pd.DataFrame(columns=COLUMNS)
    found = known[START].to_numpy(np.float64)
    error_mm = 1e-3 * (found[:, :3] - known[TRUE_START].to_numpy(np.float64))
    distance_mm = np.linalg.norm(error_mm, axis=1)
    pull = error_mm / (1e-3 * found[:, 3:])
    numbers = [len(known), *_median(distance_mm)]
    for axis in range(3):
        numbers += root_mean_with_error(pull[:, axis] ** 2)
    numbers += mean_with_error((distance_mm > FAR_MM).astype(np.float64))
    return pd.DataFrame([dict(zip(COLUMNS, numbers, strict=True))])


def _median(values: NDArray[np.float64]) -> tuple[float, float]:
    # Of n values, a binomial number with standard deviation sqrt(n) / 2 is below the true median.
    aside = min(0.5 / len(values) ** 0.5, 0.5)
    low, middle, high = np.quantile(values, [0.5 - aside, 0.5, 0.5 + aside])
    return float(middle), float(high - low) / 2
