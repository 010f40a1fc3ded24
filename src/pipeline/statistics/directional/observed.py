"""The directional test on measured events: p-values of a signal that prefers a known direction.

The statistic is the mean cosine between the measured direction of an event and the direction that
signal prefers at that event, sum w x / sum w. Weights are one, or w = A(kappa), the mean cosine an
event of that kappa keeps (see `statistics`). Large values are signal.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from pipeline.statistics.directional.vmf import cap_mass, fit_kappa_factor, log_norm

Array = NDArray[np.float64]

BINS = 10
FIT_TOYS = 999
# Models of the goodness of fit: shares of signal, and logarithms of its kappa.
_GRID = np.linspace(0, 1, 26), np.log(np.geomspace(0.1, 1000, 40))
_FINER = 21
_ROUNDING = 1e-9


def isotropic_p(cosines: Array, weight: Array) -> float:
    """p-value if events are isotropic: the probability of at least this sum of w x.

    `cosines` and `weight` > 0 [n]. Saddlepoint approximation of Lugannani & Rice 1980 (Adv. Appl.
    Prob. 12, 475): the cumulants of w x with a uniform x are those of the von Mises-Fisher
    distribution, so the saddlepoint is the maximum-likelihood factor on w as kappa, and r^2 is
    twice its likelihood ratio to isotropy. The relative error is below 10 % for 2 events, and
    falls as 1 / n.

    >>> round(isotropic_p(np.full(8, 0.4), np.ones(8)), 4)
    0.0243
    """
    if weight @ cosines <= 0:
        return 1 - _upper_p(-cosines, weight)
    return _upper_p(cosines, weight)


def _upper_p(cosines: Array, weight: Array) -> float:
    # A finite kappa, even if all events lie on the axis.
    cosines = np.minimum(cosines, 1 - _ROUNDING)
    factor, error = fit_kappa_factor(cosines, weight)
    kappa = factor * weight
    log_ratio = log_norm(kappa) + np.log(4 * np.pi) - kappa * (1 - cosines)
    r = np.sqrt(max(2 * log_ratio.sum(), 0.0))
    if r < 1e-2:  # the second term vanishes there, as a difference of large numbers
        return float(norm.sf(r))
    return float(norm.sf(r) + norm.pdf(r) * (error / factor - 1 / r))


def scrambled_p(
    directions: Array,
    expected: Array,
    weights: Array,
    run: NDArray[np.generic],
    permutations: int,
    rng: np.random.Generator,
) -> Array:
    """p-values [tests] if an event's time says nothing of its direction, whatever the detector.

    The null is made by permutations of the times, and so of the `expected` unit vectors [n, 3],
    among the `directions` [n, 3] of a run; `weights` [tests, n], `run` [n] any labels. The p-value
    is (1 + exceedances) / (1 + permutations).
    """
    order = np.argsort(run, kind="stable")
    _, run = np.unique(run[order], return_inverse=True)
    expected, weighted = expected[order], weights[:, order, None] * directions[order]
    observed = np.einsum("tni,ni->t", weighted, expected)
    exceedances = np.zeros(len(weights))
    for _ in range(permutations):
        # Sorted by run, and at random within a run.
        scrambled = expected[np.lexsort([rng.random(len(run)), run])]
        found = np.einsum("tni,ni->t", weighted, scrambled)
        exceedances += found >= observed - _ROUNDING * weights.sum(1)
    return (1 + exceedances) / (1 + permutations)


def scrambled_mean(
    directions: Array, expected: Array, weight: Array, run: NDArray[np.generic]
) -> float:
    """Weighted mean cosine over all permutations of the times in `scrambled_p`, `weight` [n].

    Every direction of a run then meets every time, so a run gives the product of its sums of
    weighted directions and of expected ones, over its number of events.
    """
    total = 0.0
    for name in np.unique(run):
        own = run == name
        total += float((weight[own] @ directions[own]) @ expected[own].mean(axis=0))
    return total / float(weight.sum())


def goodness_of_fit(cosines: Array, rng: np.random.Generator) -> float:
    """p-value of the best fit of isotropic background and signal to `cosines` [n].

    Signal is von Mises-Fisher distributed about its direction; its share and its kappa are those of
    the largest likelihood in a grid, which is finer about the best fit. The deviance in bins of the
    cosine is compared with that of toys of the best fit, to which the models are fitted anew.
    """
    counts = np.histogram(np.clip(cosines, -1, 1), np.linspace(-1, 1, BINS + 1))[0]
    share, log_kappa = (values.ravel() for values in np.meshgrid(*_GRID))
    (best,), _ = _fitted(counts[None], _models(share, log_kappa))
    fine = (
        place + (values[1] - values[0]) * np.linspace(-1, 1, _FINER)
        for place, values in zip((share[best], log_kappa[best]), _GRID, strict=True)
    )
    fine_share, fine_kappa = (values.ravel() for values in np.meshgrid(*fine))
    models = _models(np.append(share, np.clip(fine_share, 0, 1)), np.append(log_kappa, fine_kappa))
    (best,), observed = _fitted(counts[None], models)
    toys = rng.multinomial(counts.sum(), models[best], FIT_TOYS)
    _, deviance = _fitted(toys, models)
    return float((1 + np.sum(deviance >= observed - _ROUNDING)) / (1 + FIT_TOYS))


def _models(share: Array, log_kappa: Array) -> Array:
    """Probabilities of the bins [m, bins] for shares of signal [m] and ln kappa [m]."""
    depth = 1 - np.linspace(-1, 1, BINS + 1)
    signal = -np.diff(cap_mass(np.exp(log_kappa)[:, None], depth))
    models = np.maximum((1 - share[:, None]) / BINS + share[:, None] * signal, 1e-12)
    return models / models.sum(1, keepdims=True)


def _fitted(counts: NDArray[np.int64], models: Array) -> tuple[NDArray[np.int64], Array]:
    """Place of the best of the models [m, bins] for counts [toys, bins], and the deviance."""
    likelihood = counts @ np.log(models).T
    share = counts / counts.sum(1, keepdims=True)
    most = (counts * np.log(np.where(counts > 0, share, 1))).sum(1)
    return likelihood.argmax(1), 2 * (most - likelihood.max(1))
