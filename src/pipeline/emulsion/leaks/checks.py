"""Checks that a data set leaks nothing: each is a row with a value, its error and what it means.

A leak is something other than the cluster that tells signal from background. A network finds it
and reports a rejection that the next plate does not have.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.emulsion.config.analysis import Leaks, Transfer
from pipeline.emulsion.rejection.curves import passing, threshold_at
from pipeline.emulsion.rejection.intervals import clopper_pearson
from pipeline.statistics.roc import area_under_curve, auc_error

Array = NDArray[np.float64]

CHANCE = 0.5
CHECKS = {
    "check": "name of the check",
    "signal": "sample of signal",
    "background": "sample of background; empty if there is none",
    "quantity": "auc: chance that signal scores higher; auc lost: by the network on parts of equal "
    "brightness; difference: of the efficiencies along and across the beam",
    "value": "its value",
    "error": "its standard error",
    "expected": "value without a leak",
    "leak": "whether the value is further from that than the errors explain",
    "finding": "the result in words",
}
TRANSFER = {
    "network": "network that selects",
    "signal": "sample of isotropic ions",
    "angle_low_deg": "angle of the track to the beam in the film",
    "angle_high_deg": "upper end of the bin",
    "passed": "clusters that pass the beam's threshold",
    "total": "clusters of tracks in the film",
    "efficiency": "passed / total",
    "low": "lower end of its 68 % interval",
    "high": "upper end",
}
# Names and findings of the checks by area under the ROC curve.
BORDER, BRIGHTNESS, MATCHED = "border", "brightness", "matched brightness"
SHUFFLED, DEPTH, FOCUS, DIRECTION = "shuffled labels", "depth", "focus", "direction"
_FOUND = {
    BORDER: "the border of the images tells the samples apart: pedestal, noise or haze differ",
    BRIGHTNESS: "the brightness tells the samples apart; match their spectra",
    MATCHED: "part of what the network separates is brightness",
    SHUFFLED: "labels drawn at random are learnt: validation clusters are among the training ones",
    DEPTH: "the distance from focus differs: one sample lies deeper than the other",
    FOCUS: "the side of the focal plane differs",
    DIRECTION: "the threshold of the beam lets tracks along the beam pass more often",
}
_NOT_FOUND = "no leak found"


@dataclass(frozen=True)
class Check:
    """A row of `CHECKS`."""

    check: str
    signal: str
    background: str
    quantity: str
    value: float
    error: float
    expected: float
    leak: bool
    finding: str


def separation(
    check: str, signal: Array, background: Array, names: tuple[str, str], settings: Leaks
) -> Check:
    """Whether a score tells signal from background; unknown scores (NaN) are left out.

    Raises:
        ValueError: no score is known.
    """
    known = [scores[np.isfinite(scores)] for scores in (signal, background)]
    counts = [len(scores) for scores in known]
    if not all(counts):
        raise ValueError(f"{check}: {counts[0]} and {counts[1]} known scores of {names}")
    label = np.repeat([True, False], counts)
    auc = area_under_curve(np.concatenate(known), label)
    error = auc_error(CHANCE, *counts)
    return _check(check, names, "auc", auc, error, CHANCE, settings.errors * error)


def depth_checks(
    signal: Array, background: Array, names: tuple[str, str], settings: Leaks
) -> list[Check]:
    """Whether the focus [nm, n] differs: its distance from the cluster, and its side.

    None if it is not known, as for measured clusters.
    """
    if not (np.isfinite(signal).any() and np.isfinite(background).any()):
        return []
    return [
        separation(DEPTH, np.abs(signal), np.abs(background), names, settings),
        separation(FOCUS, signal, background, names, settings),
    ]


def matched_check(
    network: tuple[Array, Array],
    brightness: tuple[Array, Array],
    names: tuple[str, str],
    settings: Leaks,
    rng: np.random.Generator,
) -> Check:
    """Whether a network separates less on parts of signal and background of equal brightness.

    Scores of the network and values of brightness, or a function of it, of the same clusters:
    (signal [n], background [m]) each.
    """
    kept = matched(*brightness, settings.bins, rng)
    parts = [scores[index] for scores, index in zip(network, kept, strict=True)]
    whole, part = (
        area_under_curve(np.concatenate(scores), np.repeat([True, False], [*map(len, scores)]))
        for scores in (network, parts)
    )
    error = auc_error(part, *map(len, parts))
    allowed = settings.errors * error
    return _check(MATCHED, names, "auc lost", whole - part, error, 0.0, allowed)


def matched(
    signal: Array, background: Array, bins: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Random parts, as indices, of signal and background with the same spectrum of brightness.

    In each of `bins` bins, equally populated by both together, the larger sample is thinned out to
    the same share of all its clusters that the smaller one has. Unknown values (NaN) are left out.

    Raises:
        ValueError: the spectra do not overlap.
    """
    known = [np.flatnonzero(np.isfinite(values)) for values in (signal, background)]
    both = np.concatenate([signal[known[0]], background[known[1]]])
    edges = np.quantile(both, np.linspace(0, 1, bins + 1))[1:-1]
    place = [
        np.searchsorted(edges, values[index], side="right")
        for values, index in zip((signal, background), known, strict=True)
    ]
    counts = np.array([np.bincount(p, minlength=bins) for p in place])
    shares = (counts / counts.sum(1, keepdims=True)).min(0)
    if not shares.any():
        raise ValueError("the spectra of brightness of signal and background do not overlap")
    kept = []
    for index, p, number in zip(known, place, counts.sum(1), strict=True):
        wanted = np.floor(shares * number + 1e-9).astype(int)
        order = rng.permutation(len(index))
        rank = np.empty(len(index), int)
        for b in range(bins):
            inside = order[p[order] == b]
            rank[inside] = np.arange(len(inside))
        kept.append(np.sort(index[rank < wanted[p]]))
    return kept[0], kept[1]


def transfer(
    beam: pd.DataFrame, isotropic: pd.DataFrame, settings: Transfer, errors: float
) -> tuple[Check, pd.DataFrame]:
    """Efficiency for tracks in the film by their angle to the beam, at the beam's threshold.

    Tables of predictions of a beam, whose mean axis is the reference, and of isotropic ions. The
    check compares the first and the last bin. Rows: see `TRANSFER`.

    Raises:
        ValueError: a bin has no track.
    """
    threshold = threshold_at(beam["logit"], settings.efficiency)
    axis = np.angle(np.exp(2j * _angles(beam)).sum()) / 2
    x, y, z = (isotropic[f"direction_{a}"].to_numpy(np.float64) for a in "xyz")
    flat = isotropic[np.degrees(np.arctan2(np.abs(z), np.hypot(x, y))) <= settings.film_deg]
    # Of axes: from 0 to 90 deg.
    apart = np.degrees(np.abs(np.angle(np.exp(2j * (_angles(flat) - axis)))) / 2)
    edges = np.linspace(0, 90, settings.bins + 1)
    place = np.clip(np.searchsorted(edges, apart, side="right") - 1, 0, settings.bins - 1)
    total = np.bincount(place, minlength=settings.bins)
    if not total.all():
        raise ValueError(
            f"sample '{settings.isotropic}' has no track in the film at "
            f"{edges[np.argmin(total)]:g} deg to the beam; give it more clusters"
        )
    scores = flat["logit"].to_numpy(np.float64)
    passed = np.array([passing(scores[place == b], threshold) for b in range(settings.bins)])
    low, high = clopper_pearson(passed, total)
    share = passed / total
    table = pd.DataFrame(
        {
            "signal": settings.isotropic,
            "angle_low_deg": edges[:-1],
            "angle_high_deg": edges[1:],
            "passed": passed,
            "total": total,
            "efficiency": share,
            "low": low,
            "high": high,
        }
    )
    difference = share[0] - share[-1]
    error = float(np.hypot(*((high - low)[[0, -1]] / 2)))
    names = (settings.isotropic, "")
    allowed = max(settings.tolerance, errors * error)
    check = _check(DIRECTION, names, "difference", difference, error, 0.0, allowed)
    return check, table


def checks_table(checks: Iterable[Check]) -> pd.DataFrame:
    """Rows of `CHECKS`."""
    return pd.DataFrame([asdict(check) for check in checks], columns=list(CHECKS))


def _check(
    check: str,
    names: tuple[str, str],
    quantity: str,
    value: float,
    error: float,
    expected: float,
    allowed: float,
) -> Check:
    leak = bool(abs(value - expected) > allowed)
    finding = _FOUND[check] if leak else _NOT_FOUND
    return Check(check, *names, quantity, float(value), float(error), expected, leak, finding)


def _angles(clusters: pd.DataFrame) -> Array:
    """True angles in the film [rad, n]."""
    x, y = (clusters[f"direction_{a}"].to_numpy(np.float64) for a in "xy")
    return np.arctan2(y, x)
