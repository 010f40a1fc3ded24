"""Sparse layers as torch modules. Parameters and results are the same on every backend."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.sparse.backends import backend_for, check_backend
from pipeline.sparse.tensor import SparseTensor


class SubMConv3d(nn.Module):
    """Submanifold convolution: same active sites, each summed over its active neighbours.

    Graham & van der Maaten 2017 (arXiv:1706.01307). `kernel` is odd. Parameters: `weight`
    [c_out, k, k, k, c_in], correlated as in torch's conv3d with padding k // 2, and `bias` [c_out].
    """

    def __init__(self, c_in: int, c_out: int, kernel: int, backend: str = "auto") -> None:
        super().__init__()
        if kernel % 2 == 0:
            raise ValueError(f"SubMConv3d: the kernel must be odd to have a centre, got {kernel}")
        self.weight, self.bias = _parameters(c_in, c_out, kernel)
        self.backend = check_backend(backend)

    def forward(self, x: SparseTensor) -> SparseTensor:
        _check_channels(x, self.weight)
        backend = backend_for(self.backend, x.features.device)
        return backend.submanifold_conv(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"weight={list(self.weight.shape)}, backend={self.backend}"


class SparseConv3d(nn.Module):
    """Convolution without padding, active wherever any active site lies in the window.

    Equals torch's conv3d at its active outputs. Parameters as in `SubMConv3d`. A grid smaller
    than the kernel raises ValueError.
    """

    def __init__(
        self, c_in: int, c_out: int, kernel: int, stride: int = 1, backend: str = "auto"
    ) -> None:
        super().__init__()
        self.weight, self.bias = _parameters(c_in, c_out, kernel)
        self.kernel, self.stride = kernel, stride
        self.backend = check_backend(backend)

    def forward(self, x: SparseTensor) -> SparseTensor:
        _check_channels(x, self.weight)
        _check_fits(x, self.kernel)
        backend = backend_for(self.backend, x.features.device)
        return backend.strided_conv(x, self.weight, self.bias, self.stride)

    def extra_repr(self) -> str:
        return f"weight={list(self.weight.shape)}, stride={self.stride}, backend={self.backend}"


class SparseMaxPool3d(nn.Module):
    """Maximum over the ACTIVE sites of each window, without padding; negative maxima stay negative.

    Of equal values the first in raster order gets the gradient on the torch backend, as in torch's
    max_pool3d. A grid smaller than the kernel raises ValueError.
    """

    def __init__(self, kernel: int, stride: int, backend: str = "auto") -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.backend = check_backend(backend)

    def forward(self, x: SparseTensor) -> SparseTensor:
        _check_fits(x, self.kernel)
        return backend_for(self.backend, x.features.device).max_pool(x, self.kernel, self.stride)

    def extra_repr(self) -> str:
        return f"kernel={self.kernel}, stride={self.stride}, backend={self.backend}"


class OnFeatures(nn.Module):
    """A module for rows of features (activation, normalisation, Linear) applied site by site."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: SparseTensor) -> SparseTensor:
        return x.with_features(self.module(x.features))


class SiteNorm(nn.BatchNorm1d):
    """Batch normalisation over all sites of a batch; a single site takes the running moments.

    With `fixed` set, a training takes the running moments too and leaves them as they are.
    """

    fixed = False

    def forward(self, input: Tensor) -> Tensor:
        if self.training and not self.fixed and len(input) > 1:
            return super().forward(input)
        return functional.batch_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )


def fix_moments(model: nn.Module) -> None:
    """Let a training of `model` see what a prediction sees: the running moments, not a batch's."""
    for layer in model.modules():
        if isinstance(layer, SiteNorm):
            layer.fixed = True


def _parameters(c_in: int, c_out: int, kernel: int) -> tuple[nn.Parameter, nn.Parameter]:
    """Weight and bias uniform within 1 / sqrt(fan in), as torch's and spconv's layers have them."""
    bound = 1 / math.sqrt(c_in * kernel**3)
    weight = torch.empty(c_out, kernel, kernel, kernel, c_in).uniform_(-bound, bound)
    return nn.Parameter(weight), nn.Parameter(torch.empty(c_out).uniform_(-bound, bound))


def _check_channels(x: SparseTensor, weight: Tensor) -> None:
    if x.features.shape[1] != weight.shape[-1]:
        raise ValueError(
            f"sparse convolution of {weight.shape[-1]} channels got features with "
            f"{x.features.shape[1]}"
        )


def _check_fits(x: SparseTensor, kernel: int) -> None:
    if min(x.spatial_shape) < kernel:
        raise ValueError(
            f"a kernel of {kernel} does not fit a grid of {x.spatial_shape} voxels: "
            f"use a larger grid or fewer down-sampling layers"
        )
