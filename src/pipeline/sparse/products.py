"""Matrix products along a rulebook: gather rows, multiply by the offset's weights, add up.

Values are float [n, channels], weights and their gradients [k^3, c_out, c_in]. On the CPU all of it
is one compiled loop: a few rows at a time are gathered, multiplied and added while they are in the
nearest cache. Everything is added in the order of the pairs, so results do not vary from run to
run.
"""

from functools import cache

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cython_blas  # noqa: F401  numba takes its matrix products from it
from threadpoolctl import threadpool_limits
from torch import Tensor
from torch.nn import functional

from pipeline.sparse import kernels
from pipeline.sparse.kernels import PairArrays, Rows
from pipeline.sparse.rulebook import Pairs

# Rows of one matrix product on the CPU.
ROWS_PER_PRODUCT = 64
# Rows of results are padded with zeros to a multiple of this, whole vector registers.
LANES = 16


def add_products(out: Tensor, values: Tensor, weights: Tensor, pairs: Pairs) -> None:
    """out[targets[p]] += weights[g] values[sources[p]] over the pairs p of all offsets g."""
    transposed = weights.detach().transpose(1, 2)
    if kernels.compiled(values):
        use_one_blas_thread()
        _add_products(out.numpy(), values.detach().numpy(), _filled_up(transposed), pairs.arrays())
        return
    for g, sources, targets in pairs.groups():
        out.index_add_(0, targets, values[sources] @ transposed[g])


def add_adjoint_products(
    grad_values: Tensor,
    grad_weights: Tensor,
    grad: Tensor,
    values: Tensor,
    weights: Tensor,
    pairs: Pairs,
) -> None:
    """Add the gradients of `add_products` in values and weights, given that in its result."""
    if kernels.compiled(values):
        use_one_blas_thread()
        _add_adjoint_products(
            grad_values.numpy(),
            grad_weights.numpy(),
            grad.numpy(),
            values.detach().numpy(),
            _filled_up(weights.detach()),
            pairs.arrays(),
        )
        return
    for g, sources, targets in pairs.groups():
        at_targets = grad[targets]
        grad_weights[g].addmm_(at_targets.t(), values[sources])
        grad_values.index_add_(0, sources, at_targets @ weights[g])


@cache
def use_one_blas_thread() -> None:
    """Keep BLAS of this process from sharing these products among threads.

    OpenBLAS would from 64 x 64 channels on. The threads wait for each other longer than one needs
    for the product: on busy cores 40 times as long.
    """
    threadpool_limits(1, user_api="blas")


def _filled_up(matrices: Tensor) -> NDArray:
    """Zeros appended to the last axis; contiguous, for numba's dot."""
    return functional.pad(matrices, (0, -matrices.shape[2] % LANES)).contiguous().numpy()


@numba.njit(cache=True, nogil=True)
def _add_products(out: NDArray, values: NDArray, transposed: NDArray, pairs: PairArrays) -> None:
    """`transposed` [k^3, c_in, c_out filled up]."""
    x = np.empty((ROWS_PER_PRODUCT, values.shape[1]), values.dtype)
    y = np.empty((ROWS_PER_PRODUCT, transposed.shape[2]), values.dtype)
    for g, first, last in pairs.groups:
        for start in range(first, last, ROWS_PER_PRODUCT):
            stop = min(start + ROWS_PER_PRODUCT, last)
            n = stop - start
            _gather(x, values, pairs.sources[start:stop])
            np.dot(x[:n], transposed[g], y[:n])
            _add(out, pairs.targets[start:stop], y)


@numba.njit(cache=True, nogil=True)
def _add_adjoint_products(
    grad_values: NDArray,
    grad_weights: NDArray,
    grad: NDArray,
    values: NDArray,
    weights: NDArray,
    pairs: PairArrays,
) -> None:
    """`weights` [k^3, c_out, c_in filled up]."""
    x = np.zeros((ROWS_PER_PRODUCT, weights.shape[2]), values.dtype)
    y = np.empty((ROWS_PER_PRODUCT, grad.shape[1]), values.dtype)
    product = np.empty(weights[0].shape, values.dtype)
    for g, first, last in pairs.groups:
        for start in range(first, last, ROWS_PER_PRODUCT):
            stop = min(start + ROWS_PER_PRODUCT, last)
            n = stop - start
            _gather(x, values, pairs.sources[start:stop])
            _gather(y, grad, pairs.targets[start:stop])
            np.dot(y[:n].T, x[:n], product)
            # Not `+=` of arrays, which numba does not vectorise.
            for i in range(grad_weights.shape[1]):
                for j in range(grad_weights.shape[2]):
                    grad_weights[g, i, j] += product[i, j]
            np.dot(y[:n], weights[g], x[:n])
            _add(grad_values, pairs.sources[start:stop], x)


@numba.njit(cache=True, nogil=True)
def _gather(gathered: NDArray, table: NDArray, rows: Rows) -> None:
    for n in range(len(rows)):
        row = rows[n]  # read here: inside the next loop it would prevent vectorisation
        for c in range(table.shape[1]):
            gathered[n, c] = table[row, c]


@numba.njit(cache=True, nogil=True)
def _add(table: NDArray, rows: Rows, values: NDArray) -> None:
    for n in range(len(rows)):
        row = rows[n]
        for c in range(table.shape[1]):
            table[row, c] += values[n, c]
