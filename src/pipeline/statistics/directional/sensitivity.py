"""p-values against the number of events, and the events needed for a level.

p-values are one-sided fractions of background-only toys at or above the statistic; a level of
n sigma is the Gaussian tail beyond +n (3 sigma: p = 1.35e-3). The sensitivity is that of the median
experiment.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from pipeline.statistics.directional.planar import (
    AXIS,
    AXIS_KAPPA,
    RAYLEIGH,
    RAYLEIGH_KAPPA,
    axis_p_value,
    rayleigh_p_value,
)
from pipeline.statistics.directional.statistics import DIPOLE, DIPOLE_KAPPA, dipole_p_value
from pipeline.statistics.directional.toys import BACKGROUND, SIGNAL

Array = NDArray[np.float64]

# Below this many background-only toys a tail probability is not measured.
FEW_TOYS = 10
ABOVE_GRID = "above grid"  # no toys reach the level: the number of events is a lower limit
BELOW_GRID = "below grid"  # those of the smallest number reach it, which is an upper limit
# Columns of toys that do not tell one curve from another.
_OF_POINTS = ("hypothesis", "events", "batch", "q")
# p-values of a statistic of N events under isotropy, for many events.
_ASYMPTOTIC: dict[str, Callable[[float, int], Array]] = {
    DIPOLE: lambda q, _: dipole_p_value(q),
    DIPOLE_KAPPA: lambda q, _: dipole_p_value(q),
    AXIS: lambda q, _: axis_p_value(q),
    AXIS_KAPPA: lambda q, _: axis_p_value(q),
    RAYLEIGH: rayleigh_p_value,
    # Its number of effective events is not known here.
    RAYLEIGH_KAPPA: lambda q, _: rayleigh_p_value(q, np.inf),
}


def power(toys: pd.DataFrame) -> pd.DataFrame:
    """p-value of the median experiment and of its central 68 %, for each curve and N.

    `toys` are merged toys (see `toys.merge`) or those of `toys.toy_rows`. `beyond_toys` marks
    medians with fewer than 10 of n background-only toys at or above: there `median_p` is only an
    upper limit on the scale of 10 / n. `p_asymptotic` is the p-value of the same median for many
    events, NaN for likelihoods.
    """
    rows = []
    for curve, events, background, signal in _points(toys):
        q_low, q_median, q_high = np.quantile(signal, [0.16, 0.5, 0.84])
        q = np.array([q_median, q_high, q_low])
        p_median, p_low, p_high = p_values(background, q)
        asymptotic = _ASYMPTOTIC.get(curve["statistic"])
        rows.append(
            curve
            | {
                "events": events,
                "recoils": events / curve["efficiency"],
                "median_p": p_median,
                "p_low": p_low,
                "p_high": p_high,
                "beyond_toys": bool(_count_above(background, q)[0] < FEW_TOYS),
                "p_asymptotic": float(asymptotic(q_median, events)) if asymptotic else np.nan,
            }
        )
    return pd.DataFrame(rows)


def needed_events(toys: pd.DataFrame, levels: Mapping[str, float]) -> pd.DataFrame:
    """Events at which the median experiment reaches each level, per curve.

    The critical value of a level p is the background-only toys' upper quantile; power is the
    fraction of signal toys above it, and the median reaches the level where power is one half.
    `events` interpolates the Gaussian quantile of the power, linear in sqrt(N), between grid
    points; `err` is the toys' statistical error (binomial in power and in the critical value;
    `response_error` has that of the finite table of predictions). `recoils` = events / efficiency.
    `beyond`: "no"; "toys" where fewer than 10 background-only toys are beyond the level (no
    number); "above grid" (`events` is a lower limit); "below grid" (an upper limit).
    """
    rows = []
    for curve, points in _curves(toys):
        for level, p in levels.items():
            events, err, beyond = _crossing(points, p)
            recoils = events / curve["efficiency"]
            found = {"events": events, "err": err, "recoils": recoils, "beyond": beyond}
            rows.append(curve | {"level": level, "p": p} | found)
    return pd.DataFrame(rows)


def p_values(background: Array, q: Array) -> Array:
    """p-values of statistics `q` from sorted background-only toys, shape of `q`; never zero.

    p = (1 + k) / (1 + n) with k of n toys at or above (Phipson & Smyth 2010, Stat. Appl. Genet.
    Mol. Biol. 9, 39).
    """
    return np.asarray((1 + _count_above(background, q)) / (1 + len(background)))


def _crossing(points: list[tuple[int, Array, Array]], p: float) -> tuple[float, float, str]:
    if any(int(len(background) * p) < FEW_TOYS for _, background, _ in points):
        return np.nan, np.nan, "toys"
    root_n = np.sqrt([events for events, _, _ in points])
    quantile = np.array([_power_quantile(b, s, p) for _, b, s in points])
    reached = quantile >= 0
    if reached[0]:
        return float(points[0][0]), np.nan, BELOW_GRID
    if not reached.any():
        return float(points[-1][0]), np.nan, ABOVE_GRID
    after = int(np.argmax(reached))
    before = after - 1
    slope = (quantile[after] - quantile[before]) / (root_n[after] - root_n[before])
    root = root_n[before] - quantile[before] / slope
    nearest = before if -quantile[before] < quantile[after] else after
    _, background, signal = points[nearest]
    error = _quantile_error(background, signal, p)
    return float(root**2), float(2 * root * error / slope), "no"


def _power_quantile(background: Array, signal: Array, p: float) -> float:
    """Gaussian quantile of the fraction of signal toys above the critical value of level p."""
    n = len(signal)
    # At most a fraction p of the background-only toys lies strictly above this order statistic.
    critical = background[len(background) - 1 - int(len(background) * p)]
    power_ = np.count_nonzero(signal > critical) / n
    return float(norm.ppf(np.clip(power_, 0.5 / n, 1 - 0.5 / n)))


def _quantile_error(background: Array, signal: Array, p: float) -> float:
    """Standard error of `_power_quantile` near power one half, from both sets of toys."""
    from_signal = np.sqrt(0.25 / len(signal)) / norm.pdf(0)
    spread = 1 / np.sqrt(len(background) * p)
    high, low = (_power_quantile(background, signal, p * (1 + s)) for s in (spread, -spread))
    return float(np.hypot(from_signal, 0.5 * (high - low)))


def _count_above(background: Array, q: Array) -> NDArray[np.int64]:
    """How many of the sorted background-only toys are at or above each q."""
    return len(background) - np.searchsorted(background, q, side="left")


def _curves(toys: pd.DataFrame) -> Iterator[tuple[dict, list[tuple[int, Array, Array]]]]:
    """Each curve's labels with its rising (N, sorted background-only toys, signal toys)."""
    names = [name for name in toys if name not in _OF_POINTS]
    for labels, curve in toys.groupby(names, sort=True):
        q = curve.set_index(["hypothesis", "events"])["q"]
        points = [
            (int(n), np.sort(q[BACKGROUND, n]), np.asarray(q[SIGNAL, n]))
            for n in np.sort(curve["events"].unique())
        ]
        yield dict(zip(names, labels, strict=True)), points


def _points(toys: pd.DataFrame) -> Iterator[tuple[dict, int, Array, Array]]:
    for curve, points in _curves(toys):
        for point in points:
            yield curve, *point
