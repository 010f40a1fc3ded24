"""Performance of a method against the fraction of events cut, with bootstrap errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.gas.evaluation.paired import check_same_events
from pipeline.statistics.directional.predictions import angles_rad, cosines

METRICS = ("cosine_distance", "head_tail_efficiency", "axial_error_deg")


@dataclass(frozen=True)
class Crossing:
    """The cut at which the cosine distance of a method falls to that of a reference."""

    fraction_cut: float  # NaN if it never does
    error: float  # standard deviation over the replicas that cross; NaN if fewer than two do
    share: float  # fraction of the replicas that cross


def efficiency_scan(
    predictions: pd.DataFrame, cuts: Sequence[float], bootstrap: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Performance when the events with the lowest kappa are cut.

    Events that the method omits count as cut. A method without kappa gives one row, at its own
    efficiency, independent of the `cuts`.

    Args:
        predictions: prediction table of one test set.
        cuts: fractions of all events to cut, increasing, in [0, 1).
        bootstrap: number of replicas for the errors; each replica resamples the whole test set
            and sets its own cut on kappa.
        rng: random generator of the replicas.

    Returns:
        One row per cut: fraction_cut, kappa_cut (smallest kappa kept), events (kept), and, with
        errors in columns `_err`, cosine_distance (mean of 1 - cos), head_tail_efficiency (fraction
        with a positive cosine) and axial_error_deg (mean angle between the axes, at most 90).

    Raises:
        ValueError: no event is predicted, or only some predictions have a kappa.
    """
    values, kappa, _ = _best_first(predictions)
    kept = _kept(len(predictions), len(values), kappa, cuts)
    means = np.cumsum(values, axis=0)[kept - 1] / kept[:, None]
    replicas = np.array(
        [
            _replica_means(values, weights[: len(values)], kept)
            for weights in _weights(len(predictions), bootstrap, rng)
        ]
    )
    table = {
        "fraction_cut": 1.0 - kept / len(predictions),
        "kappa_cut": kappa[kept - 1],
        "events": kept,
    }
    for i, (metric, error) in enumerate(
        zip(METRICS, np.nanstd(replicas, axis=0, ddof=1).T, strict=True)
    ):
        table[metric] = means[:, i]
        table[f"{metric}_err"] = np.where(kept > 1, error, np.nan)  # one event has no scatter
    return pd.DataFrame(table)


def crossing(scan: pd.DataFrame, level: float) -> float:
    """Smallest fraction cut at which the cosine distance of `scan` is at most `level`.

    Linear between the points of the scan. The first fraction cut if the scan starts below `level`;
    NaN if it never reaches it.
    """
    return _crossing(scan["fraction_cut"].to_numpy(), scan["cosine_distance"].to_numpy(), level)


def bootstrap_crossing(
    predictions: pd.DataFrame,
    reference: pd.DataFrame,
    cuts: Sequence[float],
    bootstrap: int,
    rng: np.random.Generator,
) -> Crossing:
    """The cut at which `predictions` reach the cosine distance of the uncut `reference`.

    Both tables must list the same events in the same order: a replica resamples the events of both
    together, because their errors are correlated.

    Raises:
        ValueError: the tables list different events.
    """
    check_same_events(predictions, reference)
    values, kappa, order = _best_first(predictions)
    kept = _kept(len(predictions), len(values), kappa, cuts)
    distance = values[:, :1]
    level = 1.0 - cosines(reference)[order]
    known = np.isfinite(level)
    whole = np.arange(len(predictions))
    fraction_cut = 1.0 - kept / len(predictions)

    def crossing_of(weights: np.ndarray) -> float:
        curve = _replica_means(distance, weights[: len(values)], kept)[:, 0]
        return _crossing(fraction_cut, curve, np.average(level[known], weights=weights[known]))

    replicas = np.array([crossing_of(w) for w in _weights(len(whole), bootstrap, rng)])
    crossed = replicas[np.isfinite(replicas)]
    return Crossing(
        fraction_cut=crossing_of(np.ones(len(whole), dtype=np.int64)),
        error=float(crossed.std(ddof=1)) if len(crossed) > 1 else np.nan,
        share=len(crossed) / bootstrap,
    )


def _best_first(predictions: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Metrics [v, 3] and kappa [v] of the v predicted events, and the order of all events [n].

    Predicted events come first, by decreasing kappa; omitted events follow.
    """
    cosine = cosines(predictions)
    angle = angles_rad(predictions)
    kappa = predictions["kappa"].to_numpy(dtype=np.float64)
    predicted = np.isfinite(cosine)
    if not predicted.any():
        raise ValueError(f"none of the {len(predictions)} events has a predicted direction")
    if np.isnan(kappa[predicted]).any() and not np.isnan(kappa[predicted]).all():
        raise ValueError("kappa must be known for all predicted events or for none of them")
    order = np.lexsort([-kappa, ~predicted])
    valid = order[: predicted.sum()]
    values = np.stack(
        [
            1.0 - cosine[valid],
            (cosine[valid] > 0.0).astype(np.float64),
            np.degrees(np.minimum(angle[valid], np.pi - angle[valid])),
        ],
        axis=1,
    )
    return values, kappa[valid], order


def _kept(total: int, predicted: int, kappa: np.ndarray, cuts: Sequence[float]) -> np.ndarray:
    """Numbers of events kept at each cut, decreasing, without duplicates."""
    if np.isnan(kappa).all():
        return np.array([predicted])
    wanted = np.maximum(np.rint(total * (1.0 - np.asarray(cuts))), 1).astype(np.int64)
    return np.unique(np.minimum(wanted, predicted))[::-1]


def _weights(events: int, replicas: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield, for each replica, how often each event is drawn, int64 [events]."""
    for _ in range(replicas):
        yield np.bincount(rng.integers(0, events, events), minlength=events)


def _replica_means(values: np.ndarray, weights: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Weighted means [cuts, metrics] over the leading events that sum up to each `kept`."""
    drawn = np.cumsum(weights)
    # A cut that keeps all predicted events also keeps all of those in the replica.
    wanted = np.where(kept == len(values), drawn[-1], np.minimum(kept, drawn[-1]))
    last = np.searchsorted(drawn, wanted)
    sums = np.cumsum(weights[:, None] * values, axis=0)[last]
    # A replica of a few events may hold no predicted event; its mean is NaN.
    return sums / np.where(drawn[-1] == 0, np.nan, drawn[last, None])


def _crossing(fraction_cut: np.ndarray, distance: np.ndarray, level: float) -> float:
    reached = np.flatnonzero(distance <= level)
    if len(reached) == 0:
        return np.nan
    i = reached[0]
    if i == 0:
        return float(fraction_cut[0])
    before, after = distance[i - 1], distance[i]
    step = (before - level) / (before - after)
    return float(fraction_cut[i - 1] + step * (fraction_cut[i] - fraction_cut[i - 1]))
