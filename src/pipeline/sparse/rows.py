"""Row gathers and scatters by int32 index: numba on the CPU, where torch's are several times slower."""

import numba
import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def gather_rows(table: Tensor, rows: Tensor) -> Tensor:
    """[*rows.shape, channels]: the rows of `table` [n, channels] named by `rows`."""
    gathered = table.new_empty(rows.numel(), table.shape[1])
    if table.is_cpu:
        _gather(table.detach().numpy(), rows.reshape(-1).numpy(), gathered.numpy())
        return gathered.view(*rows.shape, -1)
    return table.index_select(0, rows.reshape(-1)).view(*rows.shape, -1)


def add_rows(table: Tensor, rows: Tensor, values: Tensor) -> None:
    """Add values[n] to table[rows[n]], in order; a row may be named more than once."""
    if table.is_cpu:
        _add(table.numpy(), rows.reshape(-1).numpy(), values.reshape(-1, table.shape[1]).numpy())
    else:
        table.index_add_(0, rows.reshape(-1), values.reshape(-1, table.shape[1]))


@numba.njit(cache=True, nogil=True)
def _gather(table: NDArray, rows: NDArray[np.int32], gathered: NDArray) -> None:
    for n in range(len(rows)):
        row = rows[n]  # read here: inside the loop below it would keep it from vectorising
        for c in range(table.shape[1]):
            gathered[n, c] = table[row, c]


@numba.njit(cache=True, nogil=True)
def _add(table: NDArray, rows: NDArray[np.int32], values: NDArray) -> None:
    for n in range(len(rows)):
        row = rows[n]
        for c in range(table.shape[1]):
            table[row, c] += values[n, c]
