"""Median significances of the extended Poisson search, and the exposures that reach a level.

p-values are one-sided; a significance is the Gaussian quantile Z = isf(p). The sensitivity is that
of the median experiment with signal.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtri_exp
from scipy.stats import norm

from pipeline.statistics.directional.sensitivity import FEW_TOYS
from pipeline.statistics.excess.extended_poisson import COUNTING, LIKELIHOOD_RATIO
from pipeline.statistics.excess.moments import relative_error
from pipeline.statistics.excess.tail import Tail
from pipeline.statistics.excess.toys import BACKGROUND, SIGNAL

Array = NDArray[np.float64]

_MODEL = ["exposure_t_yr", "mass_GeV", "cross_section_cm2"]
_EXPECTED = ["background", "signal", "background_uncertainty"]


def significances(toys: pd.DataFrame) -> pd.DataFrame:
    """Median significance of every model, exposure and test from merged toys.

    Columns exposure_t_yr, mass_GeV, cross_section_cm2, test, p_kde, p_empirical, p_exact,
    extrapolated, significance, significance_err, events_needed, outnumbered, background, signal
    (expected events) and background_uncertainty. The p-values of the median q with signal are
    `kde_p` and `empirical_p`; p_exact is that of counting, where the others are NaN. `significance`
    is that of p_kde, or of p_exact. `extrapolated`: fewer than 10 background-only toys lie beyond
    the median, and a KDE beyond its last toy falls with its bandwidth only. There `significance` is
    that of the fitted `tail`. `significance_err` comes from the number of toys and `resampled`.
    `outnumbered`: more background is expected than simulated events are worth.
    """
    q = toys.set_index(["test", "hypothesis", *_MODEL])["q"]
    rows: list[dict[str, object]] = []
    of_signal = toys[toys["hypothesis"] == SIGNAL]
    for _, row in of_signal.iterrows():
        model = {name: row[name] for name in _MODEL}
        tested = tuple(model.values())
        own = row["test"] == LIKELIHOOD_RATIO
        without = q[(row["test"], BACKGROUND, *(tested if own else (tested[0], 0.0, 0.0)))]
        found, of_tail = _from_toys(np.asarray(without, float), np.asarray(row["q"], float))
        of_median = np.sqrt(np.pi / 2 / len(row["q"]))
        of_simulation = found["significance"] * relative_error(row["resampled"])
        found["significance_err"] = float(np.linalg.norm([of_tail, of_median, of_simulation]))
        rest = {name: row[name] for name in ("events_needed", *_EXPECTED)} | _outnumbered(row)
        rows.append(model | {"test": row["test"]} | found | rest)
    for _, row in of_signal.drop_duplicates(_MODEL).iterrows():
        p = float(row["p_counting"])
        found = {"p_exact": p, "extrapolated": False, "significance": float(norm.isf(p))}
        found |= {"significance_err": row["counting_err"], "events_needed": 0}
        rest = {name: row[name] for name in (*_MODEL, *_EXPECTED)} | _outnumbered(row)
        rows.append(rest | {"test": COUNTING} | found)
    order = ["test", "p_kde", "p_empirical", "p_exact", "extrapolated", "significance"]
    order += ["significance_err", "events_needed", "outnumbered"]
    table = pd.DataFrame(rows, columns=[*_MODEL, *order, *_EXPECTED])
    return table.sort_values([*_MODEL, "test"], ignore_index=True)


def log_kde_p(background: Array, q: float) -> float:
    """ln of the integral above `q` of a Gaussian kernel density of toys (n,), Scott's bandwidth.

    Every kernel's tail adds up; where all toys are equal it is the fraction at or above `q`.
    """
    bandwidth = np.std(background, ddof=1) * len(background) ** -0.2
    if bandwidth == 0:
        return 0.0 if q <= background[0] else -np.inf
    return float(logsumexp(norm.logsf((q - background) / bandwidth)) - np.log(len(background)))


def empirical_p(background: Array, q: Array) -> Array:
    """(1 + k) / (1 + n) with k of n toys at or above each q (Phipson & Smyth 2010).

    >>> empirical_p(np.arange(99.0), np.array([95.0, 200.0])).tolist()
    [0.05, 0.01]
    """
    return (1 + _count_above(background, q)) / (1 + len(background))


def needed_exposures(table: pd.DataFrame, levels_sigma: Sequence[float]) -> pd.DataFrame:
    """Exposure at which the median experiment reaches each level, by test and model.

    `table` is of `significances`; models of one exposure only are left out. Interpolated linearly
    in the root of the exposure, along which significances grow. `beyond`: "no"; "above grid"
    (`exposure_t_yr` is a lower limit); "below grid" (an upper limit). `exposure_err_t_yr` is the
    error of the significances over the slope of the curve, NaN beyond the grid. `extrapolated` and
    `outnumbered` as in `table`, at the exposure above.
    """
    rows = []
    for labels, curve in table.groupby(["test", "mass_GeV", "cross_section_cm2"], sort=True):
        if len(curve) < 2:
            continue
        curve = curve.sort_values("exposure_t_yr")
        label = dict(zip(["test", "mass_GeV", "cross_section_cm2"], labels, strict=True))
        root = np.sqrt(curve["exposure_t_yr"].to_numpy())
        significance = curve["significance"].to_numpy()
        for level in levels_sigma:
            reached = significance >= level
            after, error = int(np.argmax(reached)), np.nan
            if not reached.any():
                crossing, after, beyond = root[-1], len(root) - 1, "above grid"
            elif after == 0:
                crossing, beyond = root[0], "below grid"
            else:
                pair = slice(after - 1, after + 1)
                crossing, beyond = np.interp(level, significance[pair], root[pair]), "no"
                slope = np.diff(root[pair])[0] / np.diff(significance[pair])[0]
                error = 2 * crossing * slope * curve["significance_err"].iloc[pair].mean()
            rows.append(
                label
                | {"level_sigma": level, "exposure_t_yr": crossing**2}
                | {"exposure_err_t_yr": error, "beyond": beyond}
                | {name: bool(curve[name].iloc[after]) for name in ("extrapolated", "outnumbered")}
            )
    return pd.DataFrame(rows)


def _outnumbered(row: pd.Series) -> dict[str, bool]:
    return {"outnumbered": bool(row["background"] > row["simulated"])}


def _from_toys(background: Array, signal: Array) -> tuple[dict[str, Any], float]:
    """p-values and significance of the median of `signal` toys among `background` toys.

    And the error of the significance from the number of `background` toys.
    """
    q = float(np.median(signal))
    log_p = log_kde_p(background, q)
    extrapolated = bool(_count_above(background, np.array([q]))[0] < FEW_TOYS)
    toys, p = len(background), float(empirical_p(background, np.array([q]))[0])
    if extrapolated and np.ptp(background) > 0:
        significance, error = Tail.of(background).significance(q)
    else:
        significance, shown = -float(ndtri_exp(log_p)), min(p, toys / (1 + toys))
        error = np.sqrt(shown * (1 - shown) / toys) / norm.pdf(norm.isf(shown))
    found = {"p_kde": float(np.exp(log_p)), "p_empirical": p, "extrapolated": extrapolated}
    return found | {"significance": significance}, float(error)


def _count_above(background: Array, q: Array) -> NDArray[np.int64]:
    return len(background) - np.searchsorted(np.sort(background), q, side="left")
