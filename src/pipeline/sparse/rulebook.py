"""Rulebooks: which input row meets which output row through which kernel weight.

Kernel offsets are numbered in raster order, (a * k + b) * k + c for the displacement
(a, b, c) in 0..k-1; a submanifold kernel is centred, so its displacement is (a, b, c) - k // 2.
On the CPU the rulebooks are built with numba, elsewhere with plain torch operations.
Pairs are cut into blocks of consecutive sites so that the rows a block touches stay in cache.
"""

from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from pipeline.sparse import rulebook_cpu
from pipeline.sparse.tensor import Shape, Sites

SITES_PER_BLOCK = 4096


@dataclass(frozen=True)
class NeighbourPairs:
    """Pairs of active sites within a centred k^3 kernel, each pair once.

    `second` lies at the displacement of offset `centre + 1 + h` from `first`, h = 0..half-1; seen
    from `second`, `first` lies at the mirrored offset `centre - 1 - h`. Pairs of block b and half
    offset h are rows bounds[b][h] to bounds[b][h + 1] of the int32 arrays `first` and `second`.
    """

    first: Tensor
    second: Tensor
    bounds: list[list[int]]


@dataclass(frozen=True)
class WindowGroup:
    """Sites of one block with equal coordinates modulo the stride, hence the same window offsets.

    `sites` int32 [n]; `offsets` int64 [m], kernel offsets through which the windows see the site;
    `targets` int32 [n, m], the outputs of those windows (number of outputs: no such window).
    """

    sites: Tensor
    offsets: Tensor
    targets: Tensor


@dataclass(frozen=True)
class WindowRules:
    """Outputs of a strided kernel without padding, and the groups of sites that feed them."""

    outputs: Sites
    groups: list[WindowGroup]


def neighbour_pairs(sites: Sites, kernel: int) -> NeighbourPairs:
    """Rulebook of a submanifold convolution (Graham & van der Maaten 2017, arXiv:1706.01307)."""

    def make() -> NeighbourPairs:
        keys = sites.keys(margin=kernel // 2)
        shifts = neighbour_shifts(sites, kernel)
        half = shifts[len(shifts) // 2 + 1 :]
        if keys.is_cpu:
            first, second, bounds = rulebook_cpu.match_pairs(
                keys.numpy(), half.numpy(), kernel, SITES_PER_BLOCK
            )
            return NeighbourPairs(torch.from_numpy(first), torch.from_numpy(second), bounds.tolist())
        position, found = find_keys(keys, keys[None, :] + half.to(keys.device)[:, None])
        offset, first = found.nonzero(as_tuple=True)
        counts = torch.bincount(offset, minlength=len(half)).cumsum(0).tolist()
        return NeighbourPairs(first.int(), position[found].int(), [[0, *counts]])

    return sites.once(("neighbours", kernel), make)


def neighbour_columns(
    features: Tensor, sites: Sites, kernel: int, start: int, stop: int
) -> Tensor:
    """[stop - start, k^3]: the one-channel features around sites start..stop, zero where inactive."""
    keys = sites.keys(margin=kernel // 2)
    shifts = neighbour_shifts(sites, kernel)
    if keys.is_cpu:
        columns = features.new_zeros(stop - start, kernel**3)
        rulebook_cpu.fill_columns(
            keys.numpy(), shifts.numpy(), kernel, start, features[:, 0].numpy(), columns.numpy()
        )
        return columns
    position, found = find_keys(keys, keys[start:stop, None] + shifts.to(keys.device))
    return torch.where(found, features[:, 0][position], 0)


def neighbour_shifts(sites: Sites, kernel: int) -> Tensor:
    """int64 [k^3]: displacement of every kernel offset in `Sites.keys(margin=k // 2)`."""
    radius = kernel // 2
    _, height, width = (n + radius for n in sites.spatial_shape)
    step = torch.arange(-radius, radius + 1)
    return ((step[:, None, None] * height + step[:, None]) * width + step).reshape(-1)


def find_keys(keys: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Row of each `wanted` key among the sorted `keys`, and whether it is there at all."""
    position = torch.searchsorted(keys, wanted).clamp_(max=len(keys) - 1)
    return position, keys[position] == wanted


def window_rules(sites: Sites, kernel: int, stride: int) -> WindowRules:
    """Rulebook of a strided kernel without padding: window o sees input stride * o + offset.

    An output is active if any active input lies in its window. The kernel must fit the grid.
    """
    return sites.once(("windows", kernel, stride), lambda: _window_rules(sites, kernel, stride))


def _window_rules(sites: Sites, kernel: int, stride: int) -> WindowRules:
    out_i, out_j, out_k = ((n - kernel) // stride + 1 for n in sites.spatial_shape)
    out_shape = (out_i, out_j, out_k)
    device = sites.indices.device
    # Groups in the order block by block and, within a block, residue by residue.
    residue = sites.indices[:, 1:].long() % stride
    group = (residue[:, 0] * stride + residue[:, 1]) * stride + residue[:, 2]
    block = torch.arange(len(sites), device=device) // SITES_PER_BLOCK
    group_key = block * stride**3 + group
    order = torch.argsort(group_key, stable=True)
    offsets = [_window_offsets(r, kernel, stride) for r in product(range(stride), repeat=3)]
    windows = torch.tensor([len(o) for o in offsets], device=device)[group[order]]
    row_start = torch.empty_like(order)
    row_start[order] = windows.cumsum(0) - windows
    locate = rulebook_cpu.window_targets if sites.indices.is_cpu else window_targets
    out_indices, targets = locate(sites.indices, row_start, kernel, stride, out_shape)

    groups = []
    row = target = 0
    for number, size in enumerate(torch.bincount(group_key).tolist()):
        through = offsets[number % stride**3]
        members, row = order[row : row + size], row + size
        reached, target = targets[target : target + size * len(through)], target + size * len(through)
        if len(reached):
            groups.append(
                WindowGroup(
                    members.int(),
                    torch.tensor(through, device=device),
                    reached.view(size, len(through)),
                )
            )
    return WindowRules(Sites(out_indices, out_shape, sites.batch_size), groups)


def _window_offsets(residue: tuple[int, ...], kernel: int, stride: int) -> list[int]:
    """Kernel offsets through which windows see a site with these coordinates modulo the stride."""
    a, b, c = (range(r, kernel, stride) for r in residue)
    return [(i * kernel + j) * kernel + k for i, j, k in product(a, b, c)]


def window_targets(
    indices: Tensor, row_start: Tensor, kernel: int, stride: int, out_shape: Shape
) -> tuple[Tensor, Tensor]:
    """Outputs int32 [n_outputs, 4] in raster order, and the outputs each site feeds.

    A site's targets start at `row_start`, in the order of `_window_offsets`; a window outside
    the grid is the target n_outputs.
    """
    reach = torch.arange(-(-kernel // stride), device=indices.device)
    steps = torch.cartesian_prod(reach, reach, reach)
    event, coordinates = indices[:, :1].long(), indices[:, 1:].long()
    residue = coordinates % stride
    per_axis = (kernel - residue + stride - 1) // stride
    exists = (steps < per_axis[:, None, :]).all(-1)
    window = coordinates[:, None, :] // stride - steps
    shape = torch.tensor(out_shape, device=indices.device)
    inside = exists & ((window >= 0) & (window < shape)).all(-1)
    keys = event * shape.prod() + (
        (window[..., 0] * shape[1] + window[..., 1]) * shape[2] + window[..., 2]
    )
    outputs = keys[inside].unique()
    slot = (steps[:, 0] * per_axis[:, 1:2] + steps[:, 1]) * per_axis[:, 2:] + steps[:, 2]
    targets = outputs.new_full((int(exists.sum()),), len(outputs))
    targets[(row_start[:, None] + slot)[inside]] = torch.searchsorted(outputs, keys[inside])
    cell = outputs % shape.prod()
    out_indices = torch.stack(
        [outputs // shape.prod(), cell // (shape[1] * shape[2]), cell // shape[2] % shape[1],
         cell % shape[2]], dim=1,
    )
    return out_indices.int(), targets.int()
