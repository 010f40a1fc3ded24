"""Sparse voxel tensors: active sites of a batch of three-dimensional grids, and their features."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

Shape = tuple[int, int, int]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Sites:
    """The active sites of a batch of events, shared by every feature tensor that lives on them.

    `indices` is int32 [n_sites, 4] (event, i, j, k). Made by `sparse_tensor`, the sites are
    distinct and in raster order; the torch backend counts on that and keeps it. Rulebooks depend on
    the sites only, so they are kept here (`once`) and serve every layer that meets these sites.
    """

    indices: Tensor
    spatial_shape: Shape
    batch_size: int
    _made: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.indices.shape[0]

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned when `key` was first asked for on these sites."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def keys(self, margin: int = 0) -> Tensor:
        """int64 [n_sites]: position in raster order, each axis padded by `margin` empty voxels.

        With a margin m, adding the key of a displacement of at most m per axis never lands on
        another row, plane or event: the padding after each row is also the padding before the next.
        """
        depth, height, width = (n + margin for n in self.spatial_shape)
        event, i, j, k = self.indices.long().unbind(1)
        return ((event * depth + i) * height + j) * width + k


@dataclass(frozen=True, eq=False)
class SparseTensor:
    """Features on the active sites of a batch of events; every other voxel is zero.

    `sites` holds where, `features` float [n_sites, channels] what. Build one with `sparse_tensor`.
    """

    sites: Sites
    features: Tensor

    @property
    def indices(self) -> Tensor:
        """int32 [n_sites, 4]: event, i, j, k."""
        return self.sites.indices

    @property
    def spatial_shape(self) -> Shape:
        """Voxels of one event's grid along i, j, k."""
        return self.sites.spatial_shape

    @property
    def batch_size(self) -> int:
        """Events, those without an active site included."""
        return self.sites.batch_size

    def with_features(self, features: Tensor) -> "SparseTensor":
        """The same sites carrying other features [n_sites, any channels]."""
        return replace(self, features=features)

    def to(self, device: torch.device | str) -> "SparseTensor":
        """A copy on `device`; rulebooks are not carried over."""
        return SparseTensor(
            Sites(self.indices.to(device), self.spatial_shape, self.batch_size),
            self.features.to(device),
        )

    def to_dense(self) -> Tensor:
        """[batch, channels, D, H, W] with zeros where no site is active; differentiable."""
        channels = self.features.shape[1]
        cells = self.batch_size * torch.Size(self.spatial_shape).numel()
        dense = self.features.new_zeros(cells, channels)
        dense = dense.index_copy(0, self.sites.keys(), self.features)
        return dense.view(self.batch_size, *self.spatial_shape, channels).permute(0, 4, 1, 2, 3)


def sparse_tensor(
    indices: Tensor, features: Tensor, spatial_shape: Shape, batch_size: int
) -> SparseTensor:
    """Checked sparse tensor from rows in any order; the result's rows are in raster order.

    `indices` integer [n_sites, 4] (event, i, j, k), `features` float [n_sites, channels],
    `spatial_shape` the grid (D, H, W), `batch_size` the number of events.
    Raises ValueError for wrong shapes, sites outside the grid or batch, and duplicate sites.
    """
    if indices.ndim != 2 or indices.shape[1] != 4 or indices.is_floating_point():
        raise ValueError(
            f"sparse tensor: indices must be integers [n_sites, 4] (event, i, j, k), "
            f"got {indices.dtype} {list(indices.shape)}"
        )
    if features.ndim != 2 or features.shape[0] != indices.shape[0]:
        raise ValueError(
            f"sparse tensor: features must be [n_sites, channels] with n_sites = "
            f"{indices.shape[0]} as in indices, got {list(features.shape)}"
        )
    # Contiguous, because spconv silently misreads anything else, such as what nonzero() returns.
    sites = Sites(indices.to(torch.int32).contiguous(), spatial_shape, batch_size)
    if len(sites) == 0:
        return SparseTensor(sites, features)
    limits = {"event": batch_size, **dict(zip("ijk", spatial_shape, strict=True))}
    for (axis, limit), column in zip(limits.items(), indices.unbind(1), strict=True):
        low, high = int(column.min()), int(column.max())
        if low < 0 or high >= limit:
            raise ValueError(
                f"sparse tensor: {axis} runs from {low} to {high}, expected 0 to {limit - 1}; "
                f"drop the voxels outside the grid or enlarge it"
            )
    keys = sites.keys()
    if not bool((keys[1:] > keys[:-1]).all()):
        keys, order = keys.sort()
        sites, features = replace(sites, indices=sites.indices[order]), features[order]
        repeated = (keys[1:] == keys[:-1]).nonzero()
        if len(repeated):
            row = sites.indices[int(repeated[0])].tolist()
            raise ValueError(
                f"sparse tensor: {len(repeated)} duplicate sites, the first at (event, i, j, k) = "
                f"{tuple(row)}; add up the features of electrons in one voxel before"
            )
    return SparseTensor(sites, features)
