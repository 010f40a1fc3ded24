"""Systematic error of the cosine distance from the errors of fitted response parameters.

Slopes are central differences between simulations of the same tracks with the same random numbers,
event by event. With the slopes g and the covariance C of the fit, the systematic error is
sqrt(g^T C g); C is that of the fit, with its correlations.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.statistics.means import mean_with_error

ALL = "all"  # parameters together


@dataclass(frozen=True)
class Parameters:
    """The k fitted parameters, with the steps by which they were changed."""

    names: Sequence[str]
    values: np.ndarray  # float64 [k]
    covariance: np.ndarray  # float64 [k, k]
    steps: np.ndarray  # float64 [k]


@dataclass(frozen=True)
class Cosines:
    """Cosines of true and predicted direction of the same n events; NaN where omitted."""

    nominal: np.ndarray  # float64 [n]
    low: np.ndarray  # float64 [n, k], each parameter reduced by its step
    high: np.ndarray  # float64 [n, k], each parameter increased by its step


def covariance_of(fit: pd.DataFrame, correlation: pd.DataFrame) -> np.ndarray:
    """Covariance [k, k] from the tables of `Fit.table` and `Fit.correlation_table`."""
    names = {name: i for i, name in enumerate(fit["parameter"])}
    matrix = np.eye(len(names))
    columns = (correlation[name].to_list() for name in ("parameter", "other", "correlation"))
    for parameter, other, value in zip(*columns, strict=True):
        i, j = names[parameter], names[other]
        matrix[i, j] = matrix[j, i] = value
    errors = fit["value_err"].to_numpy()
    return matrix * np.outer(errors, errors)


def sensitivity_table(methods: Mapping[str, Cosines], parameters: Parameters) -> pd.DataFrame:
    """A row for each method and parameter, and one for all parameters together.

    Events that a method omits in any variant are left out. `needed_relative_err` is the relative
    error of the number of recoils that a method needs: in the dipole statistic a signal grows as
    sqrt(N) times the mean cosine, so N goes as its inverse square.
    """
    return pd.DataFrame([row for name in methods for row in _rows(name, methods[name], parameters)])


def _rows(
    method: str, cosines: Cosines, parameters: Parameters
) -> Iterator[dict[str, str | int | float]]:
    everything = np.column_stack([cosines.nominal, cosines.low, cosines.high])
    seen = np.isfinite(everything).all(axis=1)
    n = int(seen.sum())
    slopes = (cosines.low[seen] - cosines.high[seen]) / (2 * parameters.steps)
    mean, noise = slopes.mean(axis=0), np.cov(slopes, rowvar=False).reshape(len(slopes.T), -1) / n
    distance, distance_err = mean_with_error(1 - cosines.nominal[seen])
    common: dict[str, str | int | float] = {
        "method": method,
        "events": n,
        "cosine_distance": distance,
        "cosine_distance_err": distance_err,
    }

    def systematic(error: float, error_err: float) -> dict[str, float]:
        return {
            "systematic": error,
            "systematic_err": error_err,
            "needed_relative_err": 2 * error / (1 - distance),
        }

    errors = np.sqrt(np.diag(parameters.covariance))
    slope_errors = np.sqrt(np.diag(noise))
    for i, name in enumerate(parameters.names):
        yield {
            **common,
            "parameter": name,
            "value": parameters.values[i],
            "value_err": errors[i],
            "slope": mean[i],
            "slope_err": slope_errors[i],
            **systematic(abs(mean[i]) * errors[i], slope_errors[i] * errors[i]),
        }
    together = np.sqrt(mean @ parameters.covariance @ mean)
    gradient = parameters.covariance @ mean / together if together else np.zeros_like(mean)
    unknown = dict.fromkeys(("value", "value_err", "slope", "slope_err"), np.nan)
    spread = float(np.sqrt(gradient @ noise @ gradient))
    yield {**common, "parameter": ALL, **unknown, **systematic(float(together), spread)}


def needed_with_systematic(needed: pd.DataFrame, sensitivity: pd.DataFrame) -> pd.DataFrame:
    """Recoils needed without a cut, each with its statistical and its systematic error.

    `needed` is a table of `statistics.directional.sensitivity.needed_events`; `method` has the same
    names in both tables.
    """
    together = sensitivity[sensitivity["parameter"] == ALL].set_index("method")
    rows = needed[
        needed["method"].isin(together.index)
        & (needed["fraction_cut"] == 0)
        & (needed["beyond"] == "no")
    ]
    relative = rows["method"].map(together["needed_relative_err"])
    return rows[["method", "signal_fraction", "statistic", "level", "recoils"]].assign(
        recoils_err=rows["recoils_err"],
        recoils_systematic=rows["recoils"] * relative,
    )
