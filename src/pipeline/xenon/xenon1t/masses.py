"""WIMPs of two masses told apart, and the mass of a WIMP, by the recoils of n signal events.

Simulated nuclear recoils are weighted to each mass. An observable of them is divided into cells,
whose contents are the densities that a likelihood compares. The number of events says nothing of
the mass here, as the cross-section is free. There is no background, and the response is known: the
numbers of events are the least that an experiment needs.
"""

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from pipeline.statistics.excess.cross_fit import FOLDS
from pipeline.statistics.means import effective_events

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

CONFIDENCE, POWER = 0.95, 0.9
NUMBERS = (10, 30, 100, 300)  # events of which the mass is estimated
_TOYS = 4000
_CELLS = 25
_REPLICATES = 20
_PRECISION = 0.01  # of the number of events
_TOY_ERROR = 0.02  # of the number of events, relative: of the quantiles of so many toys
_SIGMA = norm.cdf([-1, 0, 1])


class LogRatio(NamedTuple):
    """ln p1 / p0 of events: its different values, and their probabilities under both."""

    value: Array  # [values]
    of_tested: Array  # [values], p0
    of_true: Array  # [values], p1

    @classmethod
    def cross_fitted(cls, cell: Counts, tested: Array, true: Array) -> Self:
        """From cells (n,) of simulated events and their weights (n,) for both masses.

        The densities of a fold of events come from the events outside it, see `cross_fit`.
        """
        fold = np.arange(len(cell)) % FOLDS
        value = [
            np.log(_density(cell[fold != own], true[fold != own]))
            - np.log(_density(cell[fold != own], tested[fold != own]))
            for own in range(FOLDS)
        ]
        place = fold * _CELLS + cell
        of_tested, of_true = (
            np.bincount(place, weight, FOLDS * _CELLS) / weight.sum() for weight in (tested, true)
        )
        return cls(np.concatenate(value), of_tested, of_true)

    def power(self, events: int, rng: np.random.Generator) -> float:
        """Probability that the tested mass is rejected if the other one is true."""
        tested, true = (
            rng.multinomial(events, p, _TOYS) @ self.value for p in (self.of_tested, self.of_true)
        )
        return float((true > np.quantile(tested, CONFIDENCE, method="higher")).mean())

    def gaussian_events(self) -> float:
        """Events needed if the sum were normal; infinite if the masses look alike."""
        (m0, v0), (m1, v1) = (
            (p @ self.value, p @ self.value**2 - (p @ self.value) ** 2)
            for p in (self.of_tested, self.of_true)
        )
        width = norm.ppf(CONFIDENCE) * np.sqrt(v0) + norm.ppf(POWER) * np.sqrt(v1)
        return float((width / (m1 - m0)) ** 2) if m1 > m0 else np.inf

    def events(self, rng: np.random.Generator) -> float:
        """Events with which `power` is POWER, by bisection between pseudo-experiments."""
        if not np.isfinite(start := self.gaussian_events()):
            return np.inf
        low, high = 0, int(np.ceil(start)) + 1
        while self.power(high, rng) < POWER:
            low, high = high, 2 * high
        while high - low > max(1, _PRECISION * high):
            middle = (low + high) // 2
            low, high = (low, middle) if self.power(middle, rng) >= POWER else (middle, high)
        return high


def mass_tests(
    observables: Mapping[str, Array], weights: Mapping[float, Array], rng: np.random.Generator
) -> pd.DataFrame:
    """Events that reject one mass at 95 % confidence in 90 % of experiments, if another is true.

    A likelihood ratio test of the two densities. Columns observable, true_mass_GeV,
    rejected_mass_GeV, events (infinite if the masses look alike) and their error, mostly from
    resampling the simulated events, and effective_events, simulated recoils of the true mass.

    Args:
        observables: values (n,) of simulated recoils by name.
        weights: weights (n,) of the recoils by mass of the WIMP [GeV].
        rng: random numbers.
    """
    rows = []
    for name, value in observables.items():
        cell = cells(value, weights)
        for tested, true in permutations(weights, 2):
            pair = weights[tested], weights[true]
            found = LogRatio.cross_fitted(cell, *pair).events(rng)
            again = []
            for _ in range(_REPLICATES):
                # The Bayesian bootstrap.
                luck = rng.standard_exponential(len(cell))
                resampled = LogRatio.cross_fitted(cell, *(luck * weight for weight in pair))
                again.append(resampled.gaussian_events())
            alike = not np.isfinite([found, *again]).all()
            spread = np.nan if alike else np.std(again) / np.mean(again)
            simulated = effective_events(weights[true])
            rows.append(
                (name, true, tested, found, found * np.hypot(spread, _TOY_ERROR), simulated)
            )
    names = ["observable", "true_mass_GeV", "rejected_mass_GeV"]
    return pd.DataFrame(rows, columns=[*names, "events", "events_err", "effective_events"])


def mass_estimates(
    observables: Mapping[str, Array],
    weights: Mapping[float, Array],
    true_masses_GeV: Sequence[float],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Most likely masses of WIMPs that n events come from: median and central 68 % of experiments.

    Densities come from one half of the simulated events, experiments from the other. Columns
    observable, mass_GeV, events, median_GeV, low_GeV, high_GeV; at_highest, the share of
    experiments whose most likely mass is the highest in `weights`, a lower limit then; and
    effective_events, as in `mass_tests`, of one half.

    Args:
        observables: values (n,) of simulated recoils by name.
        weights: weights (n,) of the recoils by mass [GeV], the masses that are compared, rising.
        true_masses_GeV: masses of the WIMPs, some of those in `weights`.
        rng: random numbers.
    """
    masses, rows = np.array(list(weights)), []
    for name, value in observables.items():
        cell = cells(value, weights)
        half = np.arange(len(cell)) % 2 == 0
        log_density = np.log([_density(cell[half], weight[half]) for weight in weights.values()])
        for mass in true_masses_GeV:
            own = weights[mass][~half]
            true = np.bincount(cell[~half], own, _CELLS)
            for events in NUMBERS:
                toys = rng.multinomial(events, true / true.sum(), _TOYS)
                best = masses[np.argmax(toys @ log_density.T, axis=1)]
                low, median, high = np.quantile(best, _SIGMA)
                label = {"observable": name, "mass_GeV": mass, "events": events}
                found = {"median_GeV": median, "low_GeV": low, "high_GeV": high}
                found |= {"at_highest": (best == masses[-1]).mean()}
                rows.append(label | found | {"effective_events": effective_events(own)})
    return pd.DataFrame(rows)


def cells(value: Array, weights: Mapping[float, Array]) -> Counts:
    """Cells (n,) that hold equal shares of all masses' recoils together, by value (n,)."""
    mixed = np.sum([weight / weight.sum() for weight in weights.values()], axis=0)
    steps = np.arange(1, _CELLS) / _CELLS
    edges = np.quantile(value, steps, weights=mixed, method="inverted_cdf")
    return np.searchsorted(edges, value, side="right")


def _density(cell: Counts, weight: Array) -> Array:
    """Probabilities of the cells; each has a typical event more, so that none is zero."""
    held = np.bincount(cell, weight, _CELLS) + weight.sum() / effective_events(weight)
    return np.asarray(held / held.sum(), np.float64)
