"""Whether predicted densities of directions mean what they say, in numbers.

Views of one track scatter together: an error here is that of a sum over independent tracks, the
squares of whose own sums are added (`mean_of_groups`). It is what resampling whole tracks gives
(bootstrap), and the binomial error where every event is another track. One track has no error.
"""

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kstest

from pipeline.statistics.directional.density import LEVELS
from pipeline.statistics.directional.predictions import PREDICTED, cosines
from pipeline.statistics.directional.vmf import cosine_variance, fit_kappa_factor, mean_cosine
from pipeline.statistics.means import mean_of_groups

Array = NDArray[np.float64]

PIT_BINS = 20
# Of the probability of the wrong sense.
WRONG_EDGES = (0.0, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.2, 0.35, 1.0)


def calibration_numbers(predictions: pd.DataFrame) -> dict[str, float]:
    """Numbers of the predicted events of a table.

    Returns:
        events; kappa_factor, which fits the angles best, with kappa_factor_err; pit_ks, the
        Kolmogorov-Smirnov distance of the PITs from uniform ones, with its p-value pit_ks_p (NaN
        where a track comes twice); coverage_68, _90 and _95, the share of true directions inside
        these regions; head_tail_predicted and head_tail_observed, the mean probability and the
        share of events in the hemisphere of the truth. Errors in columns _err.

    Raises:
        ValueError: there are no events or no kappa; see `fit_kappa_factor`.
    """
    known = predictions.dropna(subset=["kappa", *PREDICTED])
    track, pit = track_numbers(known), known["pit"].to_numpy(np.float64)
    factor, factor_err = kappa_factor(known)
    distance = kstest(pit, "uniform")
    alone = track.max() + 1 == len(track)
    numbers: dict[str, float] = {
        "events": len(known),
        "kappa_factor": factor,
        "kappa_factor_err": factor_err,
        "pit_ks": float(distance.statistic),
        "pit_ks_p": float(distance.pvalue) if alone else np.nan,
    }
    for level in LEVELS:
        name = f"coverage_{round(100 * level)}"
        numbers[name], numbers[f"{name}_err"] = _share(pit <= level, track)
    predicted = float(known["head_tail_probability"].mean())
    observed, error = _share(cosines(known) > 0, track)
    return numbers | {
        "head_tail_predicted": predicted,
        "head_tail_observed": observed,
        "head_tail_observed_err": error,
    }


def kappa_factor(predictions: pd.DataFrame) -> tuple[float, float]:
    """The factor on all kappas that fits the angles best, and its error; see `fitted_factor`."""
    kappa = predictions["kappa"].to_numpy(np.float64)
    return fitted_factor(cosines(predictions), kappa, track_numbers(predictions))


def fitted_factor(cosine: Array, kappa: Array, track: NDArray[np.int64]) -> tuple[float, float]:
    """`fit_kappa_factor` [n], with the error that independent tracks [n] give it."""
    factor, _ = fit_kappa_factor(cosine, kappa)
    terms = factor_terms(cosine, kappa, factor)
    return factor, mean_of_groups(terms, track)[1] if np.isfinite(terms).all() else np.inf


def factor_terms(cosine: Array, kappa: Array, factor: float) -> Array:
    """Values of the events [n] whose mean is the fitted `factor` and has its error, to first order.

    They are the factor and n times each event's slope of the likelihood over its curvature;
    infinite if every kappa is 0.
    """
    information = float(np.sum(kappa**2 * cosine_variance(factor * kappa)))
    if information == 0:
        return np.full(len(kappa), np.inf)
    slope = kappa * (cosine - mean_cosine(factor * kappa))
    return np.asarray(factor + len(kappa) * slope / information)


def pit_histogram(predictions: pd.DataFrame) -> pd.DataFrame:
    """Rows of pit_low, pit_high, events and, of all events, share with share_err."""
    known = predictions.dropna(subset=["pit"])
    track, rows = track_numbers(known), []
    place = np.minimum((known["pit"].to_numpy() * PIT_BINS).astype(np.int64), PIT_BINS - 1)
    for i in range(PIT_BINS):
        share, error = _share(place == i, track)
        edges = {"pit_low": i / PIT_BINS, "pit_high": (i + 1) / PIT_BINS}
        rows.append(
            {**edges, "events": int((place == i).sum()), "share": share, "share_err": error}
        )
    return pd.DataFrame(rows)


def head_tail_table(predictions: pd.DataFrame) -> pd.DataFrame:
    """How often the sense is wrong, by its predicted probability.

    Returns:
        Rows of wrong_low, wrong_high, events, wrong_predicted (mean probability), wrong_observed
        (share of events, NaN without events) with wrong_observed_err.
    """
    known = predictions.dropna(subset=["kappa", *PREDICTED])
    predicted = 1 - known["head_tail_probability"].to_numpy(np.float64)
    wrong, track = cosines(known) <= 0, track_numbers(known)
    # The outer bins hold all that rounding puts beyond them.
    place = np.searchsorted(WRONG_EDGES[1:-1], predicted, side="right")
    rows = []
    for i, (low, high) in enumerate(pairwise(WRONG_EDGES)):
        inside = place == i
        row = {"wrong_low": low, "wrong_high": high, "events": int(inside.sum())}
        numbers = (np.nan, np.nan, np.nan)
        if inside.any():
            numbers = (float(predicted[inside].mean()), *_share(wrong[inside], track[inside]))
        names = ("wrong_predicted", "wrong_observed", "wrong_observed_err")
        rows.append(row | dict(zip(names, numbers, strict=True)))
    return pd.DataFrame(rows)


def track_numbers(predictions: pd.DataFrame) -> NDArray[np.int64]:
    """A number for the track of each event [n], from 0 without gaps."""
    groups = predictions.groupby(["source", "event_id"], sort=False, observed=True)
    return np.asarray(groups.ngroup(), np.int64)


def _share(chosen: NDArray[np.bool_], track: NDArray[np.int64]) -> tuple[float, float]:
    """Share of the events that are chosen, and its error.

    The scatter vanishes at shares of 0 and 1; there the error is the length 1 / (tracks + 1) of
    the interval of Wilson 1927 (J. Am. Stat. Assoc. 22 209) for one standard deviation.
    """
    share, error = mean_of_groups(chosen.astype(np.float64), track)
    if error == 0:
        error = 1 / (len(np.unique(track)) + 1)
    return share, error
