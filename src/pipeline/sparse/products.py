"""Matrix products along a rulebook: gather rows, multiply by the offset's weights, add up.

Values are float [n, channels], weights and their gradients [k^3, c_out, c_in]. On the CPU all of it is one compiled
loop: a few rows at a time are gathered, multiplied and added while they are in the nearest cache.
Everything is added in the order of the pairs, so results do not vary from run to run.
"""

import numba
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from pipeline.sparse import kernels
from pipeline.sparse.kernels import Rows, add, add_rows, gather
from pipeline.sparse.rulebook import Pairs

# Rows of one matrix product on the CPU. OpenBLAS has kernels for small products that neither copy
# their operands nor start threads; at 100 x 100 channels this is still small.
ROWS_PER_PRODUCT = 64


def add_products(out: Tensor, values: Tensor, weights: Tensor, pairs: Pairs) -> None:
    """out[targets[p]] += weights[g] values[sources[p]] over the pairs p of all offsets g."""
    weights = weights.transpose(1, 2)
    if kernels.compiled(values):
        _add_products(
            out.numpy(),
            values.detach().numpy(),
            weights.detach().contiguous().numpy(),
            *_arrays(pairs),
        )
        return
    for g, sources, targets in pairs.groups():
        add_rows(out, targets, values[sources] @ weights[g])


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
        _add_adjoint_products(
            grad_values.numpy(),
            grad_weights.numpy(),
            grad.numpy(),
            values.detach().numpy(),
            weights.detach().numpy(),
            *_arrays(pairs),
        )
        return
    for g, sources, targets in pairs.groups():
        at_targets = grad[targets]
        grad_weights[g].addmm_(at_targets.t(), values[sources])
        add_rows(grad_values, sources, at_targets @ weights[g])


def _arrays(pairs: Pairs) -> tuple[Rows, Rows, NDArray[np.int64]]:
    return pairs.sources.numpy(), pairs.targets.numpy(), pairs.bounds


@numba.njit(cache=True, nogil=True)
def _add_products(
    out: NDArray,
    values: NDArray,
    transposed: NDArray,
    sources: Rows,
    targets: Rows,
    bounds: NDArray,
) -> None:
    x = np.empty((ROWS_PER_PRODUCT, values.shape[1]), values.dtype)
    y = np.empty((ROWS_PER_PRODUCT, out.shape[1]), values.dtype)
    for block in bounds:
        for g in range(len(transposed)):
            for start in range(block[g], block[g + 1], ROWS_PER_PRODUCT):
                stop = min(start + ROWS_PER_PRODUCT, block[g + 1])
                n = stop - start
                gather(values, sources[start:stop], x)
                np.dot(x[:n], transposed[g], y[:n])
                add(out, targets[start:stop], y)


@numba.njit(cache=True, nogil=True)
def _add_adjoint_products(
    grad_values: NDArray,
    grad_weights: NDArray,
    grad: NDArray,
    values: NDArray,
    weights: NDArray,
    sources: Rows,
    targets: Rows,
    bounds: NDArray,
) -> None:
    x = np.empty((ROWS_PER_PRODUCT, values.shape[1]), values.dtype)
    y = np.empty((ROWS_PER_PRODUCT, grad.shape[1]), values.dtype)
    product = np.empty(weights[0].shape, values.dtype)
    for block in bounds:
        for g in range(len(weights)):
            for start in range(block[g], block[g + 1], ROWS_PER_PRODUCT):
                stop = min(start + ROWS_PER_PRODUCT, block[g + 1])
                n = stop - start
                gather(values, sources[start:stop], x)
                gather(grad, targets[start:stop], y)
                np.dot(y[:n].T, x[:n], product)
                # Not `+=` of arrays, which numba does not vectorise.
                for i in range(product.shape[0]):
                    for j in range(product.shape[1]):
                        grad_weights[g, i, j] += product[i, j]
                np.dot(y[:n], weights[g], x[:n])
                add(grad_values, sources[start:stop], x)
