"""Response parameters from unlabelled events: moments and Gauss-Newton on the simulator itself.

The mean summaries of measured events are compared with those of simulated tracks behind the
response. Slopes are central differences between simulations with common random numbers, so nothing
has to be differentiable. The covariance of the difference has the statistical errors of both
samples, from the spread of the simulated events: where the response is right, the chi-squared of
the remaining difference has its textbook distribution.

The directions of the measured events are taken as isotropic.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.gas.response.gauss_newton import (
    Step,
    best_step,
    correlations,
    difference,
    slopes_at,
    standard_errors,
)
from pipeline.gas.response.model import Model, Sample
from pipeline.gas.response.moments import SUMMARIES
from pipeline.gas.response.units import check_energies

MIN_EVENTS = 100
MAX_CORRELATION = 0.98
IMPOSSIBLE_P = 1e-3

# The first steps use a share of the tracks that gives about this many events, and new slopes at
# each step; the last ones use all tracks and the last slopes.
COARSE_EVENTS = 3000
COARSE_STEPS, FULL_STEPS = 10, 2
CONVERGED_ERRORS = 1.0  # a coarse step of less than so many errors is the last
DIVERGED_ERRORS = 5.0  # a last step of more than so many errors is none of a converged fit


@dataclass(frozen=True)
class Fit:
    """Result of `fit_response`; k parameters in the order of `names`."""

    names: list[str]
    start: np.ndarray  # float64 [k]
    values: np.ndarray  # float64 [k]
    covariance: np.ndarray  # float64 [k, k]
    chi2: float
    degrees_of_freedom: int
    events: int
    simulated_events: int
    moments: pd.DataFrame  # summary, data, before, after, difference_err, pull_before, pull_after

    @property
    def errors(self) -> np.ndarray:
        """Standard errors float64 [k]."""
        return standard_errors(self.covariance)

    @property
    def correlation(self) -> np.ndarray:
        """Correlation matrix float64 [k, k]."""
        return correlations(self.covariance)

    @property
    def p_value(self) -> float:
        """Probability of a larger chi-squared if the response is right."""
        return float(stats.chi2.sf(self.chi2, self.degrees_of_freedom))

    @property
    def verdict(self) -> str:
        """What the chi-squared says, in words."""
        if self.p_value >= IMPOSSIBLE_P:
            return "the response describes these data"
        worst = self.moments["summary"].iloc[int(self.moments["pull_after"].abs().argmax())]
        return f"these data cannot be made by this response; it fails most in {worst}"

    def table(self) -> pd.DataFrame:
        """One row for each parameter; chi-squared, p-value and verdict are the same in all rows."""
        columns = {
            "parameter": self.names,
            "start": self.start,
            "value": self.values,
            "value_err": self.errors,
        }
        return pd.DataFrame(columns).assign(
            chi2=self.chi2,
            degrees_of_freedom=self.degrees_of_freedom,
            p_value=self.p_value,
            events=self.events,
            simulated_events=self.simulated_events,
            verdict=self.verdict,
        )

    def correlation_table(self) -> pd.DataFrame:
        """One row for each pair of parameters: parameter, other, correlation."""
        pairs = [
            (first, second, self.correlation[i, j])
            for i, first in enumerate(self.names)
            for j, second in enumerate(self.names)
            if i < j
        ]
        return pd.DataFrame(pairs, columns=["parameter", "other", "correlation"])


def fit_response(data: Sample, model: Model, ranges: Mapping[str, tuple[float, float]]) -> Fit:
    """Fit the parameters named in `ranges`, each within its range, from their values in the model.

    Raises:
        ValueError: fewer than 100 events, energies that only one sample has, fewer summaries than
            parameters, a parameter at its bound or without effect, two parameters that the data do
            not separate, or no convergence.
    """
    _check_events(data, model)
    names = list(ranges)
    low, high = np.array(list(ranges.values())).T
    start = np.array([model.response.value(name) for name in names])
    tracks = sum(map(len, model.tracks))
    share = min(1.0, COARSE_EVENTS / tracks)

    def simulated(values: np.ndarray, share: float = 1.0) -> Sample:
        return model.sample(dict(zip(names, values, strict=True)), share)

    values = start
    for _ in range(COARSE_STEPS):
        slopes = slopes_at(data, lambda v: simulated(v, share), values, high - low)
        _check_effects(names, slopes, values)
        step = best_step(data, simulated(values, share), slopes, values, low, high)
        values = values + step.change
        if (np.abs(step.change) < CONVERGED_ERRORS * standard_errors(step.covariance)).all():
            break
    for _ in range(FULL_STEPS):
        sample = simulated(values)
        step = best_step(data, sample, slopes, values, low, high)
        values = values + step.change
    _check_separate(names, step)
    _check_bounds(names, values, low, high)
    if (np.abs(step.change) > DIVERGED_ERRORS * standard_errors(step.covariance)).any():
        raise ValueError(
            "detector_fit: the fit does not converge; start nearer to the data, or fit fewer "
            "parameters"
        )
    return Fit(
        names=names,
        start=start,
        values=values,
        covariance=step.covariance,
        chi2=step.chi2,
        degrees_of_freedom=len(step.whitened) - len(names),
        events=len(data),
        simulated_events=len(sample),
        moments=_moments(data, simulated(start), sample, slopes @ step.change),
    )


def _moments(data: Sample, before: Sample, simulated: Sample, change: np.ndarray) -> pd.DataFrame:
    """Mean summaries of the data and of the simulation before and after the fit.

    `change` [s] is that of the last step, from the summaries of `simulated`.
    """
    first, first_covariance = difference(data, before)
    last, covariance = difference(data, simulated)
    last = last - change
    means = data.values.mean(axis=0)
    errors, first_errors = (np.sqrt(np.diag(c)) for c in (covariance, first_covariance))
    return pd.DataFrame(
        {
            "summary": SUMMARIES,
            "data": means,
            "before": means - first,
            "after": means - last,
            "difference_err": errors,
            "pull_before": _pulls(first, first_errors),
            "pull_after": _pulls(last, errors),
        }
    )


def _pulls(differences: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Differences in units of their errors; 0 where neither exists."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(differences == 0, 0.0, differences / errors)


def _check_events(data: Sample, model: Model) -> None:
    if len(data) < MIN_EVENTS:
        raise ValueError(
            f"detector_fit: {len(data)} measured events with charge; the fit needs {MIN_EVENTS}"
        )
    simulated = np.concatenate([batch.energy_keV for batch in model.tracks])
    check_energies(data.energy_keV, simulated, "detector_fit")


def _check_bounds(names: list[str], values: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    for name, value, *ends in zip(names, values, low, high, strict=True):
        for end in ends:
            if np.isclose(value, end, rtol=0, atol=1e-6 * (ends[1] - ends[0])):
                raise ValueError(
                    f"detector_fit.parameters.{name}: the fit ends at the bound {end:g}; widen the "
                    "range, or leave the parameter out if it can go no further"
                )


def _check_effects(names: list[str], slopes: np.ndarray, values: np.ndarray) -> None:
    for name, slope, value in zip(names, slopes.T, values, strict=True):
        if not slope.any():
            raise ValueError(
                f"detector_fit.parameters: {name} changes no summary of the events near "
                f"{value:.3g}; leave it out, or, if the fit has moved there from elsewhere, check "
                "the parameters that are not fitted"
            )


def _check_separate(names: list[str], step: Step) -> None:
    correlation = np.triu(correlations(step.covariance), 1)
    i, j = np.unravel_index(np.abs(correlation).argmax(), correlation.shape)
    if abs(correlation[i, j]) > MAX_CORRELATION:
        raise ValueError(
            f"detector_fit.parameters: these data do not separate {names[i]} from {names[j]} "
            f"(correlation {correlation[i, j]:.3f}); fit one of them"
        )
