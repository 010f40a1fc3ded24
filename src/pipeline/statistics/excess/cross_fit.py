"""Functions of the score that are evaluated at events which they were not made from.

A density that is made from the events at which it is evaluated follows their fluctuations: it is
too high there, and toys of these events look less surprising than data. Therefore the simulated
events are divided into folds, and a function is made for each fold from the events outside it
(Chernozhukov et al. 2018, Econom. J. 21, C1). A simulated event is evaluated with the function of
its own fold, an observed one with the mean of all functions.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

FOLDS = 10

Function = Callable[[Array], Array]


def outside(event: Counts, fold: int, folds: int) -> NDArray[np.bool_]:
    """Which of the numbered events (n,) make the function of a fold; all where there is one."""
    return (event % folds != fold) | (folds == 1)


def of_simulation(functions: Sequence[Function], score: Array, event: Counts) -> Array:
    """Values (n, ...) of simulated events by the functions of their own folds."""
    order = np.argsort(event % len(functions), kind="stable")
    bounds = np.searchsorted((event % len(functions))[order], np.arange(1, len(functions)))
    parts = zip(functions, np.split(order, bounds), strict=True)
    values = np.concatenate([function(score[part]) for function, part in parts])
    return values[np.argsort(order, kind="stable")]


def of_data(functions: Sequence[Function], score: Array) -> Array:
    """Values (n, ...) of observed events, the mean over all functions."""
    return np.mean([function(score) for function in functions], axis=0)
