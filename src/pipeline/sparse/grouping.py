"""Cubes of 2^3 sites: features of the children side by side at their parent, and back again.

The strided 2^3 convolution of a U-Net is `gather_children` and a Linear, its inverse a Linear and
`spread_to_children`: each child meets its own block of the weights, as in spconv's inverse
convolution, with the same sites on the way up as on the way down.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from pipeline.sparse.rulebook import window_rules
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
    # Windows of 2 at a stride of 2: each site lies in one, at the offset that is its slot.
    rules = window_rules(sites, kernel=2, stride=2)
    place = torch.empty(len(sites), dtype=torch.int64, device=sites.indices.device)
    place[rules.pairs.sources.long()] = rules.pairs.targets.long() * SLOTS + rules.pairs.offsets
    return Cubes(rules.outputs, place)


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
