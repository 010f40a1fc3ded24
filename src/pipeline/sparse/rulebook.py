"""Rulebooks: which input row meets which output row through which kernel weight.

Kernel offsets are numbered in raster order, (a * k + b) * k + c for the displacement
(a, b, c) in 0..k-1; a submanifold kernel is centred, so its displacement is (a, b, c) - k // 2.
On the CPU the rulebooks are built with numba, elsewhere with plain torch operations.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.sparse import kernels, rulebook_cpu
from pipeline.sparse.tensor import Shape, Sites

# On the CPU: sites whose features and results fit a core's second-level cache together.
SITES_PER_BLOCK = 1024


@dataclass(frozen=True)
class Pairs:
    """Pairs of an input and an output row, block of events by block, by kernel offset.

    The pairs of offset g in block b are rows bounds[b, g] to bounds[b, g + 1] of the int32 arrays
    `sources` and `targets`; outputs of a block are reached from inputs of this block only.
    """

    sources: Tensor
    targets: Tensor
    bounds: NDArray[np.int64]

    @cached_property
    def offsets(self) -> Tensor:
        """int64 [n_pairs]: the kernel offset of each pair."""
        sizes = torch.from_numpy(np.diff(self.bounds))
        offset = torch.arange(sizes.shape[1]).expand_as(sizes).flatten()
        return offset.repeat_interleave(sizes.flatten()).to(self.sources.device)

    @cached_property
    def ranges(self) -> NDArray[np.int64]:
        """int64 [n_groups, 3] of the groups that are not empty: offset, first row and row behind.

        A group has the pairs of one offset in one block.
        """
        block, g = np.nonzero(np.diff(self.bounds))
        return np.stack([g, self.bounds[block, g], self.bounds[block, g + 1]], axis=1)

    def groups(self) -> list[tuple[int, Tensor, Tensor]]:
        """Kernel offset, sources and targets of every group that is not empty."""
        return [
            (g, self.sources[start:stop], self.targets[start:stop])
            for g, start, stop in self.ranges.tolist()
        ]

    def arrays(self) -> kernels.PairArrays:
        """The same groups as arrays; on the CPU only."""
        return kernels.PairArrays(self.sources.numpy(), self.targets.numpy(), self.ranges)


@dataclass(frozen=True)
class WindowRules:
    """Outputs of a strided kernel without padding, and the pairs that feed them."""

    outputs: Sites
    pairs: Pairs

    def sources(self, kernel: int) -> Tensor:
        """int32 [n_outputs, k^3]: the site at each offset of each window, -1 where inactive."""
        sources = self.outputs.indices.new_full((len(self.outputs), kernel**3), -1)
        sources[self.pairs.targets.long(), self.pairs.offsets] = self.pairs.sources
        return sources


def neighbour_pairs(sites: Sites, kernel: int) -> Pairs:
    """Rulebook of a submanifold convolution (Graham & van der Maaten 2017, arXiv:1706.01307)."""
    find = _compiled_neighbours if kernels.compiled(sites.indices) else match_neighbours
    return sites.once(("neighbours", kernel), lambda: find(sites, kernel))


def _compiled_neighbours(sites: Sites, kernel: int) -> Pairs:
    return _pairs(rulebook_cpu.neighbour_pairs(sites.indices.numpy(), kernel, SITES_PER_BLOCK))


def match_neighbours(sites: Sites, kernel: int) -> Pairs:
    """The pairs in one block by look-up of sorted keys, on any device."""
    radius = kernel // 2
    keys = sites.keys(margin=radius)
    _, height, width = (n + radius for n in sites.spatial_shape)
    step = torch.arange(-radius, radius + 1, device=keys.device)
    shifts = ((step[:, None, None] * height + step[:, None]) * width + step).reshape(-1)
    wanted = keys + shifts[:, None]
    position = torch.searchsorted(keys, wanted).clamp_(max=max(len(keys) - 1, 0))
    found = keys[position] == wanted
    offset, target = found.nonzero(as_tuple=True)
    return _one_block(position[found], target, offset, kernel)


def window_rules(sites: Sites, kernel: int, stride: int) -> WindowRules:
    """Rulebook of a strided kernel without padding: window o sees input stride * o + offset.

    An output is active if any active input lies in its window. The kernel must fit the grid.
    """
    find = _compiled_windows if kernels.compiled(sites.indices) else match_windows
    return sites.once(("windows", kernel, stride), lambda: find(sites, kernel, stride))


def _compiled_windows(sites: Sites, kernel: int, stride: int) -> WindowRules:
    shape = _window_shape(sites, kernel, stride)
    indices, pairs = rulebook_cpu.window_pairs(
        sites.indices.numpy(), kernel, stride, np.array(shape), SITES_PER_BLOCK
    )
    return WindowRules(Sites(torch.from_numpy(indices), shape, sites.batch_size), _pairs(pairs))


def match_windows(sites: Sites, kernel: int, stride: int) -> WindowRules:
    """The rules in one block by sorting the windows' keys, on any device."""
    shape = _window_shape(sites, kernel, stride)
    reach = torch.arange(-(-kernel // stride), device=sites.indices.device)
    event, coordinates = sites.indices[:, :1].long(), sites.indices[:, None, 1:].long()
    window = coordinates // stride - torch.cartesian_prod(reach, reach, reach)
    shift = coordinates - stride * window
    limits = torch.tensor(shape, device=window.device)
    inside = ((shift < kernel) & (window >= 0) & (window < limits)).all(-1)
    source = inside.nonzero()[:, 0]
    places = torch.cat([event[source], window[inside]], 1)
    outputs, target = places.unique(dim=0, return_inverse=True)
    offset = shift[inside] @ torch.tensor([kernel**2, kernel, 1], device=window.device)
    order = torch.argsort(offset, stable=True)
    pairs = _one_block(source[order], target[order], offset, kernel)
    return WindowRules(Sites(outputs.int(), shape, sites.batch_size), pairs)


def _window_shape(sites: Sites, kernel: int, stride: int) -> Shape:
    depth, height, width = ((n - kernel) // stride + 1 for n in sites.spatial_shape)
    return depth, height, width


def _pairs(arrays: tuple[NDArray, NDArray, NDArray]) -> Pairs:
    sources, targets, bounds = arrays
    return Pairs(torch.from_numpy(sources), torch.from_numpy(targets), bounds)


def _one_block(source: Tensor, target: Tensor, offset: Tensor, kernel: int) -> Pairs:
    sizes = torch.bincount(offset, minlength=kernel**3).cpu().numpy()
    return Pairs(source.int(), target.int(), np.concatenate([[0], np.cumsum(sizes)])[None])
