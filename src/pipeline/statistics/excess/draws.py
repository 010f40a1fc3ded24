"""Random events of weighted samples: numbers of events and sums of their values, for many toys."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Weights = NDArray[np.float32]


@njit(cache=True)
def add_draws(
    rng: np.random.Generator,
    keep: Array,
    other: Counts,
    values: Array,
    events: Counts,
    sums: Array,
) -> None:
    """Add to `sums` (toys, k) the `values` (n, k) of `events` (toys,) draws by index."""
    for toy in range(len(events)):
        for _ in range(events[toy]):
            place = rng.random() * len(keep)
            row = int(place)
            if place - row >= keep[row]:
                row = other[row]
            for column in range(values.shape[1]):
                sums[toy, column] += values[row, column]


@njit(cache=True)
def alias(weight: Array) -> tuple[Array, Counts]:
    """Alias tables of weights with mean one: the chance to keep a row, and its stand-in.

    Walker 1977; Vose 1991.
    """
    keep, other = weight.copy(), np.arange(len(weight))
    small = [i for i in range(len(weight)) if keep[i] < 1]
    large = [i for i in range(len(weight)) if keep[i] >= 1]
    while small and large:
        row, stand_in = small.pop(), large[-1]
        other[row] = stand_in
        keep[stand_in] -= 1 - keep[row]
        if keep[stand_in] < 1:
            large.pop()
            small.append(stand_in)
    # What is left is one but for rounding: a row's stand-in is the row itself.
    return keep, other


@njit(cache=True)
def add_uncertain(
    rng: np.random.Generator,
    expected: Array,
    uncertainty: Array,
    weights: Weights,
    values: Array,
    events: Counts,
    sums: Array,
) -> None:
    """Toys of a background whose simulation and rates are uncertain, into `events` and `sums`.

    For each toy the simulated events are resampled (their weights times exponential numbers, the
    Bayesian bootstrap of Rubin 1981, Ann. Statist. 9, 130), which keeps the rate of every
    component; each rate is multiplied by a gamma variable of mean one and standard deviation
    `uncertainty` (components,). `expected` (n, components) are events per simulated event in the
    simulated response, `weights` (different, n) their factors in other ones, which toys take in
    turn.
    """
    n, components = expected.shape
    total = np.zeros(components)
    for row in range(n):
        total += expected[row]
    luck = np.empty(n)
    scale = np.empty(components)
    for toy in range(len(events)):
        resampled = np.zeros(components)
        for row in range(n):
            luck[row] = rng.standard_exponential()
            for c in range(components):
                resampled[c] += luck[row] * expected[row, c]
        for c in range(components):
            rate = 1.0
            if uncertainty[c] > 0:
                rate = rng.standard_gamma(uncertainty[c] ** -2) * uncertainty[c] ** 2
            scale[c] = rate * total[c] / resampled[c] if resampled[c] > 0 else 0.0
        # A Poisson process along the cumulative sum of the expected events.
        reached, next_event = 0.0, rng.standard_exponential()
        for row in range(n):
            mean = 0.0
            for c in range(components):
                mean += scale[c] * expected[row, c]
            reached += luck[row] * weights[toy % len(weights), row] * mean
            while next_event < reached:
                events[toy] += 1
                for column in range(values.shape[1]):
                    sums[toy, column] += values[row, column]
                next_event += rng.standard_exponential()


def drawn_rates(rng: np.random.Generator, uncertainty: Array, toys: int) -> Array:
    """Rates (toys, components) over the expected ones, of the same distribution."""
    rates, some = np.ones((toys, len(uncertainty))), uncertainty > 0
    variance = uncertainty[some] ** 2
    rates[:, some] = variance * rng.standard_gamma(1 / variance, (toys, len(variance)))
    return rates


def add_thinned(
    rng: np.random.Generator,
    expected: Weights,
    weights: Weights,
    values: Array,
    events: Counts,
    sums: Array,
) -> None:
    """Data sets of `events` (toys,) simulated events (n,), drawn without replacement.

    As in nature no event occurs twice: drawn with replacement, data sets of one sample would share
    its fluctuations. Events are accepted with probabilities proportional to `expected` (n,),
    somewhat more than needed, and the surplus is dropped at random. Only what is expected nearly
    once or more can repeat. `weights` are as in `add_uncertain`.
    """
    chance, luck = np.empty((2, len(expected)), np.float32)
    for toy, number in enumerate(events.tolist()):
        np.multiply(expected, weights[toy % len(weights)], out=chance)
        chance *= (number + 6 * np.sqrt(number) + 6) / chance.sum()
        rng.random(dtype=np.float32, out=luck)
        chosen = np.flatnonzero(luck < chance)
        often = chance[chosen] > 1
        if often.any():
            copies = np.ones(len(chosen), np.int64)
            copies[often] = rng.poisson(chance[chosen[often]])
            chosen = np.repeat(chosen, copies)
        surplus = max(len(chosen) - number, 0)
        dropped = rng.choice(len(chosen), surplus, replace=False, shuffle=False)
        chosen = np.delete(chosen, dropped)
        events[toy] = len(chosen)
        # A matrix product: numpy sums along the first axis three times as slowly.
        sums[toy] += np.ones(len(chosen)) @ values[chosen]
