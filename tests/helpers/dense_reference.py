"""What the sparse layers must equal: torch's dense ones in float64, masked to the active sites."""

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.sparse.tensor import SparseTensor, sparse_tensor


def random_sites(
    seed: int, shape: tuple[int, int, int], batch: int, occupancy: float, channels: int
) -> SparseTensor:
    """Random sites in every event but the second, with normal float64 features."""
    generator = torch.Generator().manual_seed(seed)
    occupied = torch.rand(batch, *shape, generator=generator) < occupancy
    occupied[1:2] = False
    indices = occupied.nonzero()
    features = torch.randn(len(indices), channels, dtype=torch.float64, generator=generator)
    return sparse_tensor(indices, features, shape, batch)


def at_corners(shape: tuple[int, int, int], channels: int) -> SparseTensor:
    """One event with its eight corners and the neighbours of one of them active."""
    far = torch.tensor(shape) - 1
    corners = torch.cartesian_prod(*(torch.tensor([0, int(n)]) for n in far))
    near = torch.tensor([[0, 0, 1], [0, 1, 0], [1, 1, 1]])
    coordinates = torch.cat([corners, near])
    indices = functional.pad(coordinates, (1, 0))
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(len(indices), channels, dtype=torch.float64, generator=generator)
    return sparse_tensor(indices, features, shape, 1)


def one_voxel(shape: tuple[int, int, int], channels: int) -> SparseTensor:
    indices = torch.tensor([[0, shape[0] // 2, 1, shape[2] - 2]])
    return sparse_tensor(indices, torch.ones(1, channels, dtype=torch.float64), shape, 1)


def nothing(shape: tuple[int, int, int], channels: int) -> SparseTensor:
    """A batch of two events without any active site."""
    features = torch.zeros(0, channels, dtype=torch.float64)
    return sparse_tensor(torch.zeros(0, 4, dtype=torch.int32), features, shape, 2)


def occupancy(x: SparseTensor) -> Tensor:
    """float64 [batch, 1, D, H, W]: 1 at active sites."""
    return x.with_features(torch.ones(len(x.sites), 1, dtype=torch.float64)).to_dense()


def submanifold_conv(x: SparseTensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Dense [batch, c_out, D, H, W] by torch's conv3d, zero off the active sites."""
    kernel = weight.shape[1]
    dense = functional.conv3d(
        x.to_dense(), weight.permute(0, 4, 1, 2, 3), bias, padding=kernel // 2
    )
    return dense * occupancy(x)


def strided_conv(x: SparseTensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    """The same without padding, zero where the window holds no active site."""
    dense = functional.conv3d(x.to_dense(), weight.permute(0, 4, 1, 2, 3), bias, stride=stride)
    return dense * functional.max_pool3d(occupancy(x), weight.shape[1], stride)


def max_pool(x: SparseTensor, kernel: int, stride: int) -> Tensor:
    """torch's max_pool3d with inactive sites at -inf, zero where a window holds no active site."""
    dense = x.to_dense().masked_fill(occupancy(x) == 0, -torch.inf)
    pooled = functional.max_pool3d(dense, kernel, stride)
    active = functional.max_pool3d(occupancy(x), kernel, stride)
    return torch.where(active > 0, pooled, 0)
