"""Sparse layers by spconv (github.com/traveller59/spconv) on the GPU, with our parameters.

Imported only when chosen, so that spconv stays optional.
"""

from functools import cache
from threading import get_ident

import spconv.pytorch as spconv
import torch
from torch import Tensor, nn
from torch.func import functional_call

from pipeline.sparse.tensor import Shape, Sites, SparseTensor


def submanifold_conv(x: SparseTensor, weight: Tensor, bias: Tensor) -> SparseTensor:
    """Convolution evaluated at the active sites only; see `layers.SubMConv3d`."""
    # spconv keeps the rulebook of this key with the tensor it belongs to.
    out = _convolve("SubMConv3d", x, weight, bias, 1, f"neighbours {weight.shape[1]}")
    return x.with_features(out.features)


def strided_conv(x: SparseTensor, weight: Tensor, bias: Tensor, stride: int) -> SparseTensor:
    """Convolution evaluated wherever a window sees an active site; see `layers.SparseConv3d`."""
    return _convolve("SparseConv3d", x, weight, bias, stride, None)


def max_pool(x: SparseTensor, kernel: int, stride: int) -> SparseTensor:
    """Maximum over the active sites of each window; see `layers.SparseMaxPool3d`."""
    # spconv starts from zero, above any negative maximum: lift the features over it meanwhile.
    lowest = torch.cat([x.features.detach().flatten(), x.features.new_zeros(1)]).amin()
    lifted = _native(x.with_features(x.features - lowest))
    pooled = _ours(spconv.SparseMaxPool3d(kernel, stride)(lifted))
    return pooled.with_features(pooled.features + lowest)


def _convolve(
    kind: str, x: SparseTensor, weight: Tensor, bias: Tensor, stride: int, key: str | None
) -> SparseTensor:
    c_out, kernel, _, _, c_in = weight.shape
    if kernel == stride == 1:
        # spconv would read a 1x1x1 weight as [c_in, c_out].
        return x.with_features(nn.functional.linear(x.features, weight.flatten(1), bias))
    # Each thread has its own: functional_call puts the parameters into it for the time of the call.
    module = _module(get_ident(), kind, c_in, c_out, kernel, stride, key)
    out = functional_call(module, {"weight": weight, "bias": bias}, (_native(x),))
    if key is not None:
        x.sites.once("spconv", dict).update(out.indice_dict)
    return _ours(out)


@cache
def _module(
    thread: int, kind: str, c_in: int, c_out: int, kernel: int, stride: int, key: str | None
) -> nn.Module:
    """spconv's module of a thread for this shape.

    Its own parameters are never used, hence the meta device.
    """
    with torch.device("meta"):
        return getattr(spconv, kind)(c_in, c_out, kernel, stride=stride, indice_key=key)


def _native(x: SparseTensor) -> spconv.SparseConvTensor:
    native = spconv.SparseConvTensor(x.features, x.indices, list(x.spatial_shape), x.batch_size)
    native.indice_dict = x.sites.once("spconv", dict)
    return native


def _ours(native: spconv.SparseConvTensor) -> SparseTensor:
    depth, height, width = native.spatial_shape
    shape: Shape = (int(depth), int(height), int(width))
    return SparseTensor(Sites(native.indices, shape, native.batch_size), native.features)
