"""A residual sparse U-Net: maps the electron counts of an event to a few numbers.

Positions are in units of `UNIT_VOXELS` voxels, 1 cm at the paper's 500 um.
"""

import math
from collections.abc import Sequence
from itertools import pairwise, product

import torch
from torch import Tensor, nn

from pipeline.sparse import pooling
from pipeline.sparse.grouping import SLOTS, Cubes, cubes, gather_children, spread_to_children
from pipeline.sparse.layers import OnFeatures, SiteNorm, SubMConv3d
from pipeline.sparse.tensor import Sites, SparseTensor

UNIT_VOXELS = 20
CELL_FEATURES = 2 + 3 + 3 + SLOTS
# Typical number of active sites of the 27 in a 3^3 kernel on a track: fan-in of a convolution.
NEIGHBOURS = 11
HEADS, VALUES = 8, 16
# Numbers that say how large an event is, and their limit in standard deviations of a training.
SIZES, SIZE_LIMIT = 2, 3.0


class UNet(nn.Module):
    """Electron counts [n_voxels, 1] to `outputs` numbers an event [n, outputs].

    It works on cells of 2, 4, 8, ... voxels' edge; `widths` are the channels at each size. Down: a
    residual block and a strided 2^3 convolution each. At the largest cells the event's size, mean
    and maximum come back to every cell as context. Up again to cells of 4 voxels (`read_fine`: 2),
    where attention reads the event. `normalise`: batch normalisation in the dense layers too.
    Raises ValueError for fewer than three widths.
    """

    def __init__(
        self,
        widths: Sequence[int],
        outputs: int,
        backend: str = "auto",
        read_fine: bool = False,
        normalise: bool = False,
    ) -> None:
        super().__init__()
        if len(widths) < 3:
            raise ValueError(f"a U-Net needs three widths or more, got {list(widths)}")

        def dense(c_in: int, c_out: int) -> list[nn.Module]:
            norm = [SiteNorm(c_out)] if normalise else []
            return [nn.Linear(c_in, c_out), *norm, nn.ReLU()]

        steps = list(pairwise(widths))
        level = 0 if read_fine else 1
        self.read_edge = 2 ** (level + 1)
        deepest, read = widths[-1], widths[level]
        self.stem = _convolution(CELL_FEATURES, widths[0], backend)
        self.blocks = nn.ModuleList(Residual(width, backend) for width in widths)
        self.down = nn.ModuleList(_strided(fine, coarse) for fine, coarse in steps)
        self.size = SiteNorm(SIZES, affine=False)
        self.context = nn.Sequential(
            *dense(SIZES + 2 * (deepest + 3), 2 * deepest), nn.Linear(2 * deepest, deepest)
        )
        upward = steps[level:][::-1]
        self.up = nn.ModuleList(nn.Linear(coarse, SLOTS * fine) for fine, coarse in upward)
        self.merge = nn.ModuleList(_convolution(fine, fine, backend) for fine, _ in upward)
        self.attention = nn.Linear(read, HEADS)
        self.values = nn.Linear(read, HEADS * VALUES)
        self.head = nn.Sequential(
            *dense(HEADS * (VALUES + 3) + deepest, 128), *dense(128, 64), nn.Linear(64, outputs)
        )

    def forward(self, voxels: SparseTensor) -> Tensor:
        counts = _padded(voxels, 2 ** len(self.blocks))
        group = cubes(counts.sites)
        x = SparseTensor(group.parents, cell_features(counts.features, group))
        x = self.blocks[0](self.stem(x))
        edge = 2
        trail: list[tuple[SparseTensor, Cubes]] = []
        for down, block in zip(self.down, list(self.blocks)[1:], strict=True):
            group = cubes(x.sites)
            trail.append((x, group))
            x = block(SparseTensor(group.parents, down(gather_children(x.features, group))))
            edge *= 2
        size = self.size(event_size(counts)).clamp(-SIZE_LIMIT, SIZE_LIMIT)
        context = self.context(torch.cat([size, *_mean_and_maximum(x, edge)], 1))
        x = x.with_features(x.features + context[pooling.event_of(x.sites)])
        for up, merge in zip(self.up, self.merge, strict=True):
            skip, group = trail.pop()
            above = spread_to_children(up(x.features), group)
            x = merge(skip.with_features((skip.features + above).relu()))
        return self.head(torch.cat([self._read(x), context.relu()], 1))

    def _read(self, x: SparseTensor) -> Tensor:
        """Attended values and positions of each attention head: [n, HEADS * (VALUES + 3)]."""
        weights = pooling.softmax(self.attention(x.features), x.sites)
        values = self.values(x.features).unflatten(1, (HEADS, VALUES))
        places = centres(x.sites, self.read_edge)[:, None].expand(-1, HEADS, 3)
        found = torch.cat([values, places], 2) * weights[:, :, None]
        return pooling.total(found.flatten(1), x.sites)


class Residual(nn.Module):
    """Two convolutions added to the identity; their initial contribution is zero."""

    def __init__(self, width: int, backend: str) -> None:
        super().__init__()
        self.first = _convolution(width, width, backend)
        self.second = SubMConv3d(width, width, 3, backend)
        self.norm = SiteNorm(width)
        _scale(self.second)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x: SparseTensor) -> SparseTensor:
        change = self.norm(self.second(self.first(x)).features)
        return x.with_features((x.features + change).relu())


def _convolution(c_in: int, c_out: int, backend: str) -> nn.Sequential:
    convolution = SubMConv3d(c_in, c_out, 3, backend)
    _scale(convolution)
    return nn.Sequential(
        convolution, OnFeatures(nn.Sequential(SiteNorm(c_out), nn.ReLU(inplace=True)))
    )


def _scale(convolution: SubMConv3d) -> None:
    """Initialise as He et al. 2015 (arXiv:1502.01852), for NEIGHBOURS active sites."""
    c_in = convolution.weight.shape[-1]
    nn.init.normal_(convolution.weight, std=math.sqrt(2 / (NEIGHBOURS * c_in)))
    nn.init.zeros_(convolution.bias)


def _strided(c_in: int, c_out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(SLOTS * c_in, c_out), SiteNorm(c_out), nn.ReLU(inplace=True))


def attended_places(read: Tensor) -> Tensor:
    """Mean place [n, HEADS, 3] at which each attention head looks, from the input of `head` [n, _].

    In `UNIT_VOXELS` from the centre of the grid.
    """
    attended = read[:, : HEADS * (VALUES + 3)].unflatten(1, (HEADS, VALUES + 3))
    return attended[:, :, VALUES:]


def cell_features(counts: Tensor, group: Cubes) -> Tensor:
    """Features [n_cells, CELL_FEATURES] of cells of 2^3 voxels from counts [n_voxels, 1].

    The electrons of the cell, as logarithm and linear, the offset of their mean from the cell's
    centre in cells, the centre's place, and the logarithms of the eight voxels' counts.
    """
    children = gather_children(counts, group)
    electrons = children.sum(1, keepdim=True)
    slots = torch.tensor(list(product((-0.25, 0.25), repeat=3)), device=counts.device)
    offset = children @ slots / electrons
    place = centres(group.parents, edge=2)
    return torch.cat([electrons.log1p(), electrons / 8, offset, place, children.log1p()], 1)


def centres(sites: Sites, edge: int) -> Tensor:
    """Positions float32 [n_sites, 3] of cells of `edge` voxels, from the centre of the grid."""
    middle = torch.tensor(sites.spatial_shape, device=sites.indices.device) / 2
    return (sites.indices[:, 1:] + 0.5 - middle) * (edge / UNIT_VOXELS)


def event_size(counts: SparseTensor) -> Tensor:
    """Logarithms [n, SIZES] of the numbers of electrons and of voxels of each event.

    Means and maxima over an event say little of its energy, on which the errors depend.
    """
    rows = torch.cat([counts.features, torch.ones_like(counts.features)], 1)
    return pooling.total(rows, counts.sites).clamp(min=1).log()


def _mean_and_maximum(x: SparseTensor, edge: int) -> tuple[Tensor, Tensor]:
    rows = torch.cat([x.features, centres(x.sites, edge)], 1)
    return pooling.mean(rows, x.sites), pooling.maximum(rows, x.sites)


def _padded(x: SparseTensor, multiple: int) -> SparseTensor:
    """The same voxels in the middle of a grid whose edges are multiples of `multiple`."""
    depth, height, width = (-(-n // multiple) * multiple for n in x.spatial_shape)
    margins = [(p - n) // 2 for p, n in zip((depth, height, width), x.spatial_shape, strict=True)]
    shift = torch.tensor([0, *margins], dtype=torch.int32, device=x.indices.device)
    return SparseTensor(Sites(x.indices + shift, (depth, height, width), x.batch_size), x.features)
