"""A method beside Best-Expected on the same events, which are hard or easy for both."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.statistics.directional.coverage import track_numbers
from pipeline.statistics.directional.predictions import cosines
from pipeline.statistics.means import mean_of_groups, ratio_terms


@dataclass(frozen=True)
class Paired:
    """Ratio and difference of the mean cosine distances of a method and of a reference.

    Errors are those of paired events, from independent tracks; NaN where there is none.
    """

    ratio: float = np.nan
    ratio_err: float = np.nan
    difference: float = np.nan
    difference_err: float = np.nan


def paired(predictions: pd.DataFrame, reference: pd.DataFrame) -> Paired:
    """Compare two prediction tables on the events for which both have a direction.

    Raises:
        ValueError: the tables list different events.
    """
    check_same_events(predictions, reference)
    own, other, both = _distances(predictions, reference)
    if not both.any():
        return Paired()
    track = track_numbers(predictions)[both]
    return Paired(
        *mean_of_groups(ratio_terms(own[both], other[both]), track),
        *mean_of_groups(own[both] - other[both], track),
    )


def ratio_of_events(predictions: pd.DataFrame, reference: pd.DataFrame) -> np.ndarray:
    """Values of the events [n] whose mean is the ratio of `paired`; NaN: no direction."""
    own, other, both = _distances(predictions, reference)
    values = np.full(len(own), np.nan)
    if both.any():
        values[both] = ratio_terms(own[both], other[both])
    return values


def check_same_events(predictions: pd.DataFrame, reference: pd.DataFrame) -> None:
    """Check that two prediction tables list the same events in the same order.

    Raises:
        ValueError: they do not.
    """
    identity = ["source", "event_id"]
    own, other = (table[identity].reset_index(drop=True) for table in (predictions, reference))
    if not own.equals(other):
        raise ValueError(
            "a comparison of methods needs two prediction tables of the same events in the same "
            "order; make both from the same test set"
        )


def _distances(
    predictions: pd.DataFrame, reference: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """1 - cos of both [n], and which events have both [n]."""
    own, other = 1 - cosines(predictions), 1 - cosines(reference)
    return own, other, np.isfinite(own) & np.isfinite(other)
