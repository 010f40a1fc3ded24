"""Rulebooks: which input row meets which output row through which kernel weight.

Kernel offsets are numbered in raster order, (a * k + b) * k + c for the displacement
(a, b, c) in 0..k-1; a submanifold kernel is centred, so its displacement is (a, b, c) - k // 2.
On the CPU the rulebooks are built with numba, elsewhere with plain torch operations.
The work is cut into pieces of consecutive sites whose rows stay in a core's cache.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.sparse import kernels, rulebook_cpu
from pipeline.sparse.tensor import Shape, Sites

# On the CPU: sites whose features and results fit the second-level cache together, and rows that
# come out of one matrix product and should stay there until they are added up.
SITES_PER_BLOCK = 4096
ROWS_PER_PRODUCT = 4096


@dataclass(frozen=True)
class NeighbourPairs:
    """Pairs of distinct active sites within a centred k^3 kernel, block by block, by offset.

    Offsets come in the order of `mirrored_offsets`, so that every second group is the one before
    with `sources` and `targets` swapped. Group g of block b is rows bounds[b, g] to
    bounds[b, g + 1] of the int32 arrays.
    """

    sources: Tensor
    targets: Tensor
    bounds: NDArray[np.int64]

    def with_mirror_images(self) -> list[tuple[int, Tensor, Tensor]]:
        """Number g of every second group, sources and targets of groups g and g + 1 together."""
        return [
            (g, self.sources[block[g] : block[g + 2]], self.targets[block[g] : block[g + 2]])
            for block in self.bounds.tolist()
            for g in range(0, len(block) - 1, 2)
            if block[g + 2] > block[g]
        ]


@dataclass(frozen=True)
class WindowGroup:
    """Sites with equal coordinates modulo the stride: windows see them through equal offsets.

    `offsets` int64 [m] are these kernel offsets; `pieces` hold sites int32 [n] and the outputs
    int32 [n, m] of the windows that see them (number of outputs: there is no such window).
    """

    offsets: Tensor
    pieces: list[tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class WindowRules:
    """Outputs of a strided kernel without padding, and the groups of sites that feed them."""

    outputs: Sites
    groups: list[WindowGroup]

    def sources(self, kernel: int) -> Tensor:
        """int32 [n_outputs, k^3]: the site at each offset of each window, -1 where inactive."""
        sources = self.outputs.indices.new_full((len(self.outputs) + 1, kernel**3), -1)
        for group in self.groups:
            for sites, targets in group.pieces:
                sources[targets.long(), group.offsets] = sites[:, None]
        return sources[:-1]


def mirrored_offsets(kernel: int) -> list[int]:
    """Kernel offsets but the centre, each followed by its mirror image: c+1, c-1, c+2, c-2, ..."""
    centre = kernel**3 // 2
    return [centre + sign * h for h in range(1, centre + 1) for sign in (1, -1)]


def neighbour_pairs(sites: Sites, kernel: int) -> NeighbourPairs:
    """Rulebook of a submanifold convolution (Graham & van der Maaten 2017, arXiv:1706.01307)."""
    return sites.once(("neighbours", kernel), lambda: _neighbour_pairs(sites, kernel))


def _neighbour_pairs(sites: Sites, kernel: int) -> NeighbourPairs:
    if not kernels.compiled(sites.indices):
        return match_neighbours(sites, kernel)
    sources, targets, bounds = rulebook_cpu.neighbour_pairs(
        sites.indices.numpy(), kernel, SITES_PER_BLOCK
    )
    return NeighbourPairs(torch.from_numpy(sources), torch.from_numpy(targets), bounds)


def match_neighbours(sites: Sites, kernel: int) -> NeighbourPairs:
    """The pairs in one block by look-up of sorted keys, on any device."""
    radius = kernel // 2
    keys = sites.keys(margin=radius)
    _, height, width = (n + radius for n in sites.spatial_shape)
    step = torch.arange(-radius, radius + 1, device=keys.device)
    shifts = ((step[:, None, None] * height + step[:, None]) * width + step).reshape(-1)
    wanted = keys + shifts[kernel**3 // 2 + 1 :, None]
    position = torch.searchsorted(keys, wanted).clamp_(max=max(len(keys) - 1, 0))
    found = keys[position] == wanted
    h, target = found.nonzero(as_tuple=True)
    source = position[found]
    group = torch.cat([2 * h, 2 * h + 1])
    order = torch.argsort(group, stable=True)
    sizes = torch.bincount(group, minlength=kernel**3 - 1).cpu().numpy()
    return NeighbourPairs(
        torch.cat([source, target])[order].int(),
        torch.cat([target, source])[order].int(),
        np.concatenate([[0], np.cumsum(sizes)])[None],
    )


def window_rules(sites: Sites, kernel: int, stride: int) -> WindowRules:
    """Rulebook of a strided kernel without padding: window o sees input stride * o + offset.

    An output is active if any active input lies in its window. The kernel must fit the grid.
    """
    return sites.once(("windows", kernel, stride), lambda: _window_rules(sites, kernel, stride))


def _window_rules(sites: Sites, kernel: int, stride: int) -> WindowRules:
    out_i, out_j, out_k = ((n - kernel) // stride + 1 for n in sites.spatial_shape)
    out_shape = (out_i, out_j, out_k)
    indices = sites.indices
    offsets = [_window_offsets(r, kernel, stride) for r in product(range(stride), repeat=3)]
    # Group by group: where the targets of each site will stand.
    i, j, k = (indices[:, 1:].long() % stride).unbind(1)
    group = (i * stride + j) * stride + k
    order = torch.argsort(group, stable=True)
    windows = torch.tensor([len(o) for o in offsets], device=indices.device)[group]
    row_start = torch.empty_like(order)
    row_start[order] = windows[order].cumsum(0) - windows[order]
    locate = rulebook_cpu.window_targets if kernels.compiled(indices) else window_targets
    out_indices, targets = locate(indices, row_start, windows, kernel, stride, out_shape)

    sizes = torch.bincount(group, minlength=stride**3).tolist()
    members = order.int().split(sizes)
    reached = targets.split([n * len(o) for n, o in zip(sizes, offsets, strict=True)])
    groups = [
        WindowGroup(torch.tensor(o, device=indices.device), _pieces(m, r.view(-1, len(o))))
        for o, m, r in zip(offsets, members, reached, strict=True)
        if o and len(m)
    ]
    return WindowRules(Sites(out_indices, out_shape, sites.batch_size), groups)


def _pieces(sites: Tensor, targets: Tensor) -> list[tuple[Tensor, Tensor]]:
    rows = max(ROWS_PER_PRODUCT // targets.shape[1], 1) if kernels.compiled(sites) else len(sites)
    return list(zip(sites.split(rows), targets.split(rows), strict=True))


def _window_offsets(residue: tuple[int, ...], kernel: int, stride: int) -> list[int]:
    """Kernel offsets through which windows see a site with these coordinates modulo the stride."""
    a, b, c = (range(r, kernel, stride) for r in residue)
    return [(i * kernel + j) * kernel + k for i, j, k in product(a, b, c)]


def window_targets(
    indices: Tensor, row_start: Tensor, windows: Tensor, kernel: int, stride: int, out_shape: Shape
) -> tuple[Tensor, Tensor]:
    """Outputs int32 [n_outputs, 4] in raster order, and int32 the outputs that each site feeds.

    The `windows` [n_sites] targets of a site stand from `row_start` [n_sites] on, in the order of
    `_window_offsets`; a window outside the grid is the target n_outputs. Runs on any device.
    """
    reach = torch.arange(-(-kernel // stride), device=indices.device)
    steps = torch.cartesian_prod(reach, reach, reach)
    event, coordinates = indices[:, :1].long(), indices[:, 1:].long()
    per_axis = (kernel - coordinates % stride + stride - 1) // stride
    window = coordinates[:, None, :] // stride - steps
    shape = torch.tensor(out_shape, device=indices.device)
    inside = ((steps < per_axis[:, None, :]) & (window >= 0) & (window < shape)).all(-1)
    i, j, k = window.unbind(-1)
    depth, height, width = out_shape
    keys = (((event * depth + i) * height + j) * width + k)[inside]
    outputs = keys.unique()
    slot = (steps[:, 0] * per_axis[:, 1:2] + steps[:, 1]) * per_axis[:, 2:] + steps[:, 2]
    targets = outputs.new_full((int(windows.sum()),), len(outputs))
    targets[(row_start[:, None] + slot)[inside]] = torch.searchsorted(outputs, keys)
    columns = [
        outputs // (depth * height * width),
        outputs // (height * width) % depth,
        outputs // width % height,
        outputs % width,
    ]
    return torch.stack(columns, dim=1).int(), targets.int()
