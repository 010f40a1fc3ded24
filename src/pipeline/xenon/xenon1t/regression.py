"""Recoil energy from what the autoencoder of images says of an event, with its uncertainty.

For recoils of one kind the logarithm of the energy is a polynomial of second order in the inputs
(means of the latent distribution, sums of photons), found by ridge regression. Its uncertainty is a
function of the energy found: at each of a few energies, 68 % of the residuals of events that the
fit has not seen lie within it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from pipeline.statistics.excess import cross_fit
from pipeline.statistics.means import mean_with_error

Array = NDArray[np.float64]

ONE_SIGMA = float(norm.cdf(1) - norm.cdf(-1))
_PENALTY = 1e-4  # per event, of squared coefficients of inputs with a standard deviation of one
_STEPS, _PER_STEP = 10, 50  # energies at which the uncertainty is known, events for each at least
_BINS = 6  # of energy, even in its logarithm
_FEW_EVENTS = 20  # a bin with fewer has no row

S2, SUMS, LATENT = "S2", "S1 and S2", "latent means"
BEST = f"{LATENT}, {SUMS}"


def inputs_of(scores: pd.DataFrame) -> dict[str, Array]:
    """Inputs (n, k) of regressions by name, from a table of image scores of n events.

    The sums of photons are ln(1 + photons); the first inputs, the photons of S2 alone, are what the
    others are compared with.
    """
    sums = np.log1p(scores[["s1_photons_detected", "s2_photons_detected"]].to_numpy(float))
    latent = np.stack(scores["latent_mean"].to_list()).astype(float)
    return {S2: sums[:, 1:], SUMS: sums, LATENT: latent, BEST: np.hstack([latent, sums])}


@dataclass(frozen=True)
class EnergyModel:
    """Energies of events from inputs (n, k), as fitted to events of known energy."""

    centre: Array  # (k,), of the inputs
    width: Array  # (k,)
    coefficients: Array  # (terms,), of ln E
    at: Array  # (steps,), values of ln E, rising
    sigma: Array  # (steps,), uncertainty of ln E there
    log_range: tuple[float, float]  # of ln E, that of the fitted events

    @classmethod
    def fit(cls, inputs: Array, energy_keV: Array) -> Self:
        """Fit inputs (n, k) of events with true energies (n,) [keV].

        Raises:
            ValueError: there are fewer than two events for each coefficient.
        """
        centre, width = inputs.mean(axis=0), inputs.std(axis=0)
        width = np.where(width > 0, width, 1.0)
        terms, log_energy = _terms((inputs - centre) / width), np.log(energy_keV)
        if len(terms) < 2 * terms.shape[1]:
            raise ValueError(
                f"a regression of energies with {terms.shape[1]} coefficients has {len(terms)} "
                "events that trigger; raise images.training_events"
            )
        log_range = float(log_energy.min()), float(log_energy.max())
        found, fold = np.empty(len(terms)), np.arange(len(terms)) % cross_fit.FOLDS
        for own in range(cross_fit.FOLDS):
            kept = fold != own
            found[~kept] = terms[~kept] @ _ridge(terms[kept], log_energy[kept])
        found = np.clip(found, *log_range)
        steps = min(_STEPS, max(1, len(found) // _PER_STEP))
        groups = np.array_split(np.argsort(found, kind="stable"), steps)
        residual = np.abs(log_energy - found)
        at, sigma = np.transpose(
            [(found[own].mean(), np.quantile(residual[own], ONE_SIGMA)) for own in groups]
        )
        return cls(centre, width, _ridge(terms, log_energy), at, sigma, log_range)

    def __call__(self, inputs: Array) -> tuple[Array, Array]:
        """ln E and its standard deviation, (n,) both, of inputs (n, k); E in keV."""
        terms = _terms((inputs - self.centre) / self.width)
        found = np.clip(terms @ self.coefficients, *self.log_range)
        return found, np.interp(found, self.at, self.sigma)


def fit_all(train: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, EnergyModel]]:
    """Models by recoil and name of the inputs, from image scores of events that trigger."""
    return {
        recoil: {
            name: EnergyModel.fit(inputs, scores["energy_keV"].to_numpy(float))
            for name, inputs in inputs_of(scores).items()
        }
        for recoil, scores in train.items()
    }


def energy_table(
    models: Mapping[str, Mapping[str, EnergyModel]],
    test: Mapping[str, pd.DataFrame],
    ranges_keV: Mapping[str, tuple[float, float]],
) -> pd.DataFrame:
    """How well energies are found, by recoil, inputs and bin of true energy.

    Columns recoil, inputs, low_keV, high_keV, events; bias (mean of ln E found over E), resolution
    (half the width of its central 68 %), both with errors; uncertainty (mean stated standard
    deviation); coverage (share of events within one of them) and its binomial error. The first row
    of each recoil and inputs is that of all energies.
    """
    rows = []
    for recoil, scores in test.items():
        true, range_keV = scores["energy_keV"].to_numpy(float), ranges_keV[recoil]
        edges = np.geomspace(*range_keV, _BINS + 1)
        for name, inputs in inputs_of(scores).items():
            found, sigma = models[recoil][name](inputs)
            for low, high in (range_keV, *pairwise(edges)):
                own = (true >= low) & (true <= high)
                if own.sum() < _FEW_EVENTS:
                    continue
                label = {"recoil": recoil, "inputs": name, "low_keV": low, "high_keV": high}
                rows.append(label | _quality(found[own] - np.log(true[own]), sigma[own]))
    return pd.DataFrame(rows)


def _quality(residual: Array, stated: Array) -> dict[str, float]:
    n, (bias, bias_err) = len(residual), mean_with_error(residual)
    low, high = (float(np.quantile(residual, norm.cdf(sigma))) for sigma in (-1, 1))
    coverage = float((np.abs(residual) <= stated).mean())
    return {
        "events": n,
        "bias": bias,
        "bias_err": bias_err,
        "resolution": (high - low) / 2,
        # Of quantiles at +-1 sigma of normal residuals.
        "resolution_err": 0.96 * (high - low) / 2 / np.sqrt(n),
        "uncertainty": float(stated.mean()),
        "coverage": coverage,
        "coverage_err": float(np.sqrt(coverage * (1 - coverage) / n)),
    }


def _terms(inputs: Array) -> Array:
    """One, the inputs and their products, (n, 1 + k + k (k + 1) / 2)."""
    i, j = np.triu_indices(inputs.shape[1])
    return np.hstack([np.ones((len(inputs), 1)), inputs, inputs[:, i] * inputs[:, j]])


def _ridge(terms: Array, values: Array) -> Array:
    """Coefficients (terms,) of least squares with a penalty; the first, the constant, has none."""
    penalty = np.full(terms.shape[1], _PENALTY * len(terms))
    penalty[0] = 0
    found = np.linalg.solve(terms.T @ terms + np.diag(penalty), terms.T @ values)
    return np.asarray(found, np.float64)
