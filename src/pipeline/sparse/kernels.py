"""Arithmetic row by row: numba on the CPU, where torch's operations are several times slower.

Values are float [n, channels]; rows int32, in any order, repeats allowed. On the CPU everything is
added in the order of the rows, so results do not vary from run to run.
"""

from typing import NamedTuple

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Rows = NDArray[np.int32]


class PairArrays(NamedTuple):
    """The arrays of `rulebook.Pairs`, for compiled loops over its groups."""

    sources: Rows
    targets: Rows
    groups: NDArray[np.int64]


def compiled(tensor: Tensor) -> bool:
    """Whether numba functions are used for this tensor instead of torch operations."""
    return tensor.is_cpu


def max_rows(table: Tensor, sources: Tensor) -> tuple[Tensor, Tensor]:
    """Maximum over the rows sources[n] of `table` (negative: none), and the row it is from.

    `sources` [n, slots] names at least one row in each n; of equal values the first counts.
    Returns values and int64 rows, both [n, channels].
    """
    if compiled(table):
        values = table.new_empty(len(sources), table.shape[1])
        rows = torch.empty(values.shape, dtype=torch.int64)
        _max(table.detach().numpy(), sources.numpy(), values.numpy(), rows.numpy())
        return values, rows
    lowest = table.new_full((1, table.shape[1]), -torch.inf)
    candidates = torch.cat([table, lowest])[sources]
    best = candidates.max(1)
    return best.values, sources.long().gather(1, best.indices)


@numba.njit(cache=True, nogil=True)
def _max(table: NDArray, sources: Rows, values: NDArray, rows: NDArray[np.int64]) -> None:
    for n in range(len(sources)):
        empty = True
        for slot in range(sources.shape[1]):
            row = sources[n, slot]
            if row < 0:
                continue
            for c in range(table.shape[1]):
                value = table[row, c]
                # NaN wins, as in torch.
                better = empty or value > values[n, c] or value != value
                values[n, c] = value if better else values[n, c]
                rows[n, c] = row if better else rows[n, c]
            empty = False


@numba.njit(cache=True, nogil=True)
def add_scaled_rows(out: NDArray, weights: NDArray, values: NDArray, pairs: PairArrays) -> None:
    """out[targets[p]] += values[sources[p]] * weights[g] over pairs p of all groups g.

    `values` [n] of one channel, `weights` [groups, c_out].
    """
    for g, start, stop in pairs.groups:
        _add_scaled(out, weights[g], values, pairs.sources[start:stop], pairs.targets[start:stop])


@numba.njit(cache=True, nogil=True)
def sum_scaled_rows(grad: NDArray, weights: NDArray, values: NDArray, pairs: PairArrays) -> None:
    """weights[g] += values[sources[p]] * grad[targets[p]]: the adjoint of `add_scaled_rows`."""
    for g, start, stop in pairs.groups:
        _sum_scaled(grad, weights[g], values, pairs.sources[start:stop], pairs.targets[start:stop])


# Loops over one group: faster than inside the loops over groups.


@numba.njit(cache=True, nogil=True)
def _add_scaled(out: NDArray, row: NDArray, values: NDArray, sources: Rows, targets: Rows) -> None:
    for p in range(len(sources)):
        target, value = targets[p], values[sources[p]]
        for c in range(len(row)):
            out[target, c] += value * row[c]


@numba.njit(cache=True, nogil=True)
def _sum_scaled(grad: NDArray, row: NDArray, values: NDArray, sources: Rows, targets: Rows) -> None:
    for p in range(len(sources)):
        target, value = targets[p], values[sources[p]]
        for c in range(len(row)):
            row[c] += value * grad[target, c]
