"""A step of Gauss-Newton on mean summaries: differences, their covariance, slopes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from pipeline.gas.response.model import Sample

LARGEST_STEP = 0.25  # in one step, of the range of a parameter
SLOPE_STEP = 0.1  # half the distance of a central difference, relative to the parameter
LEAST_SLOPE_STEP = 0.02  # the same at least, relative to the range
LEAST_EIGENVALUE = 1e-6  # of the summaries' correlation matrix; less is rounding


def difference(data: Sample, simulated: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Mean summaries [s] of the data minus those of the simulation, and their covariance [s, s].

    Simulated events are weighted so that the energies have the shares that they have in the data.
    The covariance is that of the events of both samples about the mean of their own sample.

    Raises:
        ValueError: at an energy of the data, no simulated event has charge.
    """
    means, covariance = np.zeros(data.values.shape[1]), 0.0
    energies, events = np.unique(data.energy_keV, return_counts=True)
    for energy, n in zip(energies, events, strict=True):
        measured = data.values[data.energy_keV == energy]
        values = simulated.values[simulated.energy_keV == energy]
        if not len(values):
            raise ValueError(
                f"detector_fit: the response leaves no charge of the simulated events of "
                f"{energy:g} keV; start at a lower threshold"
            )
        share = n / len(data)
        means = means + share * values.mean(axis=0)
        both = np.concatenate([measured - measured.mean(axis=0), values - values.mean(axis=0)])
        spread = both.T @ both / (len(both) - 2)
        covariance = covariance + share**2 * spread * (1 / n + 1 / len(values))
    return data.values.mean(axis=0) - means, np.asarray(covariance)


@dataclass(frozen=True)
class Step:
    """A step of Gauss-Newton and the linear model that it follows from, in units of errors."""

    change: np.ndarray  # float64 [k]
    whitened: np.ndarray  # float64 [r, k]: slopes in r independent combinations of summaries
    chi2: float  # behind the step

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of the parameters, float64 [k, k]."""
        return np.linalg.pinv(self.whitened.T @ self.whitened, hermitian=True)


def standard_errors(covariance: np.ndarray) -> np.ndarray:
    """Standard errors [k] of a covariance [k, k]."""
    errors: np.ndarray = np.sqrt(np.diag(covariance))
    return errors


def correlations(covariance: np.ndarray) -> np.ndarray:
    """Correlation matrix [k, k] of a covariance [k, k]."""
    errors = standard_errors(covariance)
    matrix: np.ndarray = covariance / np.outer(errors, errors)
    return matrix


def best_step(
    data: Sample,
    simulated: Sample,
    slopes: np.ndarray,
    values: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> Step:
    """The best step within the ranges for summaries that are linear in the parameters."""
    residual, covariance = difference(data, simulated)
    whitener = _whitener(covariance)
    if len(whitener) <= len(values):
        raise ValueError(
            f"detector_fit.parameters: {len(values)} parameters, but the events have only "
            f"{len(whitener)} independent summaries; fit fewer"
        )
    whitened, residual_white = whitener @ slopes, whitener @ residual
    reach = LARGEST_STEP * (high - low)
    bounds = np.maximum(low - values, -reach), np.minimum(high - values, reach)
    change = optimize.lsq_linear(whitened, residual_white, bounds, method="bvls").x
    constant = np.diag(covariance) == 0
    # A summary that is the same in all events of a sample must be the same in both.
    impossible = bool((residual[constant] != 0).any())
    chi2 = np.inf if impossible else float(np.sum((residual_white - whitened @ change) ** 2))
    return Step(change, whitened, chi2)


def _whitener(covariance: np.ndarray) -> np.ndarray:
    """Matrix [r, s] that turns summaries into r uncorrelated numbers of unit variance."""
    spread = np.sqrt(np.diag(covariance))
    varies = np.flatnonzero(spread)
    scale = spread[varies]
    eigenvalues, vectors = np.linalg.eigh(
        covariance[np.ix_(varies, varies)] / np.outer(scale, scale)
    )
    kept = eigenvalues > LEAST_EIGENVALUE
    whitener = np.zeros((int(kept.sum()), len(spread)))
    whitener[:, varies] = (vectors[:, kept] / np.sqrt(eigenvalues[kept])).T / scale
    return whitener


def slopes_at(
    data: Sample, simulated: Callable[[np.ndarray], Sample], values: np.ndarray, width: np.ndarray
) -> np.ndarray:
    """Slopes [s, k] of the mean summaries by central differences; a parameter stays above 0."""
    columns = []
    for i, value in enumerate(values):
        reach = max(SLOPE_STEP * value, LEAST_SLOPE_STEP * width[i])
        ends = values.copy(), values.copy()
        ends[0][i], ends[1][i] = max(value - reach, 0.0), value + reach
        below, above = (difference(data, simulated(end))[0] for end in ends)
        columns.append((below - above) / (ends[1][i] - ends[0][i]))
    return np.stack(columns, axis=1)
