"""Cubes of 2^3 sites: features of the children side by side at their parent, and back again.

The strided 2^3 convolution of a U-Net is `gather_children` and a Linear, its inverse a Linear and
`spread_to_children`: each child meets its own block of the weights, as in spconv's inverse
convolution, with the same sites on the way up as on the way down.
"""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from pipeline.sparse import kernels
from pipeline.sparse.tensor import Sites

SLOTS = 8


@dataclass(frozen=True)
class Cubes:
    """The active cubes of 2^3 voxels: `parents`, and where each child stands in its cube.

    `place` int64 [n_children] is 8 * (row of the parent) + slot, the slot being the child's
    (i % 2, j % 2, k % 2) in raster order. No two children share a place.
    """

    parents: Sites
    place: Tensor


def cubes(sites: Sites) -> Cubes:
    """Cubes of `sites`, whose grid must be even along every axis.

    Raises:
        ValueError: an odd grid, whose last plane would belong to no cube.
    """
    if any(n % 2 for n in sites.spatial_shape):
        raise ValueError(
            f"a grid of {sites.spatial_shape} voxels cannot be halved: pad it to even lengths"
        )
    return sites.once("cubes", lambda: _cubes(sites))


def _cubes(sites: Sites) -> Cubes:
    depth, height, width = (n // 2 for n in sites.spatial_shape)
    if kernels.compiled(sites.indices):
        found, place = _number_cubes(sites.indices.numpy())
        shape = (depth, height, width)
        return Cubes(
            Sites(torch.from_numpy(found), shape, sites.batch_size), torch.from_numpy(place)
        )
    event, i, j, k = sites.indices.long().unbind(1)
    key = ((event * depth + i // 2) * height + j // 2) * width + k // 2
    parents, row = key.unique(return_inverse=True)
    columns = [
        parents // (depth * height * width),
        parents // (height * width) % depth,
        parents // width % height,
        parents % width,
    ]
    indices = torch.stack(columns, 1).int()
    slot = (i % 2 * 2 + j % 2) * 2 + k % 2
    return Cubes(Sites(indices, (depth, height, width), sites.batch_size), row * SLOTS + slot)


@numba.njit(cache=True, nogil=True)
def _number_cubes(indices: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Parents in raster order and places of the children, event by event in a bounding box."""
    parents = np.empty((len(indices), 4), np.int32)
    place = np.empty(len(indices), np.int64)
    n_parents = start = 0
    while start < len(indices):
        stop = start
        low = indices[start, 1:] // 2
        high = low.copy()
        while stop < len(indices) and indices[stop, 0] == indices[start, 0]:
            for axis in range(3):
                low[axis] = min(low[axis], indices[stop, axis + 1] // 2)
                high[axis] = max(high[axis], indices[stop, axis + 1] // 2)
            stop += 1
        table = np.full((high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1), -1)
        for n in range(start, stop):
            _, i, j, k = indices[n]
            table[i // 2 - low[0], j // 2 - low[1], k // 2 - low[2]] = 0
        for a in range(table.shape[0]):
            for b in range(table.shape[1]):
                for c in range(table.shape[2]):
                    if table[a, b, c] == 0:
                        table[a, b, c] = n_parents
                        parents[n_parents, 0] = indices[start, 0]
                        parents[n_parents, 1] = low[0] + a
                        parents[n_parents, 2] = low[1] + b
                        parents[n_parents, 3] = low[2] + c
                        n_parents += 1
        for n in range(start, stop):
            _, i, j, k = indices[n]
            parent = table[i // 2 - low[0], j // 2 - low[1], k // 2 - low[2]]
            place[n] = parent * SLOTS + (i % 2 * 2 + j % 2) * 2 + k % 2
        start = stop
    return parents[:n_parents].copy(), place


def gather_children(features: Tensor, found: Cubes) -> Tensor:
    """[n_parents, 8 * channels] from the children's [n_children, channels]; 0 where none is."""
    return _ToPlaces.apply(features, found.place, len(found.parents) * SLOTS).view(
        len(found.parents), SLOTS * features.shape[1]
    )


def spread_to_children(features: Tensor, found: Cubes) -> Tensor:
    """[n_children, channels] from the parents' [n_parents, 8 * channels]: each its own slot."""
    rows = features.reshape(len(found.parents) * SLOTS, features.shape[1] // SLOTS)
    return _FromPlaces.apply(rows, found.place)


def _put(rows: Tensor, place: Tensor, n: int) -> Tensor:
    return rows.new_zeros(n, rows.shape[1]).index_copy_(0, place, rows)


def _take(rows: Tensor, place: Tensor) -> Tensor:
    return rows.index_select(0, place)


class _ToPlaces(Function):
    """out[place[n]] = x[n], zero elsewhere."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, place: Tensor, n: int) -> Tensor:
        ctx.place = place
        return _put(rows, place, n)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        return _take(grad, ctx.place), None, None


class _FromPlaces(Function):
    """out[n] = x[place[n]]: the adjoint, without the atomic sums that repeated rows would need."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, place: Tensor) -> Tensor:
        ctx.place, ctx.n = place, len(rows)
        return _take(rows, place)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        return _put(grad.contiguous(), ctx.place, ctx.n), None
