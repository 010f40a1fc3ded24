"""A quantity relative to its band: its mean and width at each value of another one."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EVENTS_PER_BIN = 200  # in which mean and width are measured


def standardised(x: Array, y: Array, weight: Array) -> tuple[Array, Array, NDArray[np.int64]]:
    """y less its mean over its width, its width, and the bin of x, of weighted events; all (n,).

    Bins hold neighbours in x. The mean within a bin is a straight line.
    """
    standard, width = np.empty(len(x)), np.empty(len(x))
    cell = np.empty(len(x), np.int64)
    order = np.argsort(x, kind="stable")
    for number, own in enumerate(np.array_split(order, max(len(order) // EVENTS_PER_BIN, 1))):
        line = np.polynomial.Polynomial.fit(x[own], y[own], 1, w=np.sqrt(weight[own]))
        rest = y[own] - line(x[own])
        width[own] = max(float(np.sqrt(np.average(rest**2, weights=weight[own]))), 1e-9)
        standard[own] = rest / width[own]
        cell[own] = number
    return standard, width, cell
