"""Sparse layers by spconv (github.com/traveller59/spconv) on the GPU, with our parameters.

Imported only when chosen, so that spconv stays optional.
"""

from functools import cache

import spconv.pytorch as spconv
import torch
from torch import Tensor, nn
from torch.func import functional_call

from pipeline.sparse.tensor import Shape, Sites, SparseTensor


def submanifold_conv(x: SparseTensor, weight: Tensor, bias: Tensor) -> SparseTensor:
    """Convolution evaluated at the active sites only; see `layers.SubMConv3d`."""
    c_out, kernel, _, _, c_in = weight.shape
    if kernel == 1:
        # spconv would read a 1x1x1 weight as [c_in, c_out].
        return x.with_features(nn.functional.linear(x.features, weight.flatten(1), bias))
    # spconv keeps the rulebook of this key with the tensor it belongs to.
    native = _native(x)
    key = f"neighbours {kernel}"
    module = _convolution("SubMConv3d", c_in, c_out, kernel, 1, key)
    out = functional_call(module, {"weight": weight, "bias": bias}, (native,))
    _rulebooks(x.sites).update(out.indice_dict)
    return x.with_features(out.features)


def strided_conv(x: SparseTensor, weight: Tensor, bias: Tensor, stride: int) -> SparseTensor:
    """Convolution evaluated wherever a window sees an active site; see `layers.SparseConv3d`."""
    c_out, kernel, _, _, c_in = weight.shape
    module = _convolution("SparseConv3d", c_in, c_out, kernel, stride, None)
    out = functional_call(module, {"weight": weight, "bias": bias}, (_native(x),))
    return _ours(out)


def max_pool(x: SparseTensor, kernel: int, stride: int) -> SparseTensor:
    """Maximum over the active sites of each window; see `layers.SparseMaxPool3d`."""
    return _ours(spconv.SparseMaxPool3d(kernel, stride)(_native(x)))


@cache
def _convolution(
    kind: str, c_in: int, c_out: int, kernel: int, stride: int, key: str | None
) -> nn.Module:
    """spconv's module for this shape; its own parameters are never used, hence the meta device."""
    with torch.device("meta"):
        return getattr(spconv, kind)(c_in, c_out, kernel, stride=stride, indice_key=key)


def _rulebooks(sites: Sites) -> dict:
    return sites.once("spconv", dict)


def _native(x: SparseTensor) -> spconv.SparseConvTensor:
    native = spconv.SparseConvTensor(x.features, x.indices, list(x.spatial_shape), x.batch_size)
    native.indice_dict = _rulebooks(x.sites)
    return native


def _ours(native: spconv.SparseConvTensor) -> SparseTensor:
    depth, height, width = native.spatial_shape
    shape: Shape = (int(depth), int(height), int(width))
    return SparseTensor(Sites(native.indices, shape, native.batch_size), native.features)
