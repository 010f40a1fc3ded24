"""Sparse layers in PyTorch: gather, matrix product, scatter along a rulebook; on CPU and CUDA.

Weights have spconv's layout [c_out, k, k, k, c_in] and, like torch's conv3d, correlate.
Each operation carries its own backward pass, so that only inputs and rulebooks are kept for it.
"""

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from pipeline.sparse import kernels
from pipeline.sparse.products import add_adjoint_products, add_products
from pipeline.sparse.rulebook import Pairs, neighbour_pairs, window_rules
from pipeline.sparse.tensor import SparseTensor


def submanifold_conv(x: SparseTensor, weight: Tensor, bias: Tensor) -> SparseTensor:
    """Convolution evaluated at the active sites only; see `layers.SubMConv3d`."""
    pairs = neighbour_pairs(x.sites, weight.shape[1])
    counts_only = weight.shape[-1] == 1 and not x.features.requires_grad
    if counts_only and kernels.compiled(x.features):
        return x.with_features(_CountConv.apply(x.features, weight, bias, pairs))
    return x.with_features(_Convolution.apply(x.features, weight, bias, pairs, len(x.sites)))


def strided_conv(x: SparseTensor, weight: Tensor, bias: Tensor, stride: int) -> SparseTensor:
    """Convolution evaluated wherever a window sees an active site; see `layers.SparseConv3d`."""
    rules = window_rules(x.sites, weight.shape[1], stride)
    features = _Convolution.apply(x.features, weight, bias, rules.pairs, len(rules.outputs))
    return SparseTensor(rules.outputs, features)


def max_pool(x: SparseTensor, kernel: int, stride: int) -> SparseTensor:
    """Maximum over the active sites of each window; see `layers.SparseMaxPool3d`."""
    rules = window_rules(x.sites, kernel, stride)
    return SparseTensor(rules.outputs, _MaxPool.apply(x.features, rules.sources(kernel)))


def _by_offset(weight: Tensor) -> Tensor:
    """[k^3, c_out, c_in] from [c_out, k, k, k, c_in]."""
    return weight.flatten(1, 3).transpose(0, 1).contiguous()


def _as_weight(by_offset: Tensor, weight: Tensor) -> Tensor:
    """The inverse of `_by_offset`."""
    return by_offset.transpose(0, 1).reshape(weight.shape)


class _Convolution(Function):
    """out[t] = bias + sum over the pairs (s, t) of each offset of weight[offset] x[s]."""

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, pairs: Pairs, n_outputs: int
    ) -> Tensor:
        features = features.contiguous()
        ctx.save_for_backward(features, weight)
        ctx.pairs = pairs
        out = bias.repeat(n_outputs, 1)
        add_products(out, features, _by_offset(weight), pairs)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        features, weight = ctx.saved_tensors
        matrices, grad = _by_offset(weight), grad.contiguous()
        grad_features, grad_matrices = torch.zeros_like(features), torch.zeros_like(matrices)
        add_adjoint_products(grad_features, grad_matrices, grad, features, matrices, ctx.pairs)
        return grad_features, _as_weight(grad_matrices, weight), grad.sum(0), None, None


class _CountConv(Function):
    """Submanifold convolution on the CPU of one channel that needs no gradient: the counts.

    With one input channel a matrix product is a scaled row. It is added straight away, not
    written out for every pair first.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, pairs: Pairs) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.pairs = pairs
        out = bias.repeat(len(features), 1)
        kernels.add_scaled_rows(out.numpy(), *_count_arguments(_by_offset(weight), features, pairs))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        features, weight = ctx.saved_tensors
        grad = grad.contiguous()
        grad_matrices = grad.new_zeros(weight[0].numel(), len(weight), 1)
        kernels.sum_scaled_rows(grad.numpy(), *_count_arguments(grad_matrices, features, ctx.pairs))
        return None, _as_weight(grad_matrices, weight), grad.sum(0), None


def _count_arguments(
    matrices: Tensor, features: Tensor, pairs: Pairs
) -> tuple[NDArray, NDArray, kernels.PairArrays]:
    values, weights = features.detach()[:, 0].numpy(), matrices.squeeze(2).numpy()
    return weights, values, pairs.arrays()


class _MaxPool(Function):
    """Maximum over the sources of each output; the gradient goes to where it was found."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, sources: Tensor) -> Tensor:
        values, rows = kernels.max_rows(features, sources)
        ctx.save_for_backward(rows)
        ctx.n_sites = len(features)
        return values

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        (rows,) = ctx.saved_tensors
        grad_features = grad.new_zeros(ctx.n_sites, grad.shape[1])
        return grad_features.scatter_add_(0, rows, grad), None
