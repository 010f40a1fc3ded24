"""Sparse layers in PyTorch: gather, matrix product, scatter along a rulebook; on CPU and CUDA.

Weights have spconv's layout [c_out, k, k, k, c_in] and, like torch's conv3d, correlate.
Each operation carries its own backward pass, so that only inputs and rulebooks are kept for it.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from pipeline.sparse.rows import add_rows, gather_rows
from pipeline.sparse.rulebook import (
    SITES_PER_BLOCK,
    NeighbourPairs,
    WindowRules,
    neighbour_columns,
    neighbour_pairs,
    window_rules,
)
from pipeline.sparse.tensor import Sites, SparseTensor


def submanifold_conv(x: SparseTensor, weight: Tensor, bias: Tensor) -> SparseTensor:
    """Convolution evaluated at the active sites only; see `layers.SubMConv3d`."""
    kernel = weight.shape[1]
    if weight.shape[-1] == 1 and not x.features.requires_grad:
        return x.with_features(_CountConv.apply(x.features, weight, bias, x.sites))
    pairs = neighbour_pairs(x.sites, kernel)
    return x.with_features(_SubmanifoldConv.apply(x.features, weight, bias, pairs))


def strided_conv(x: SparseTensor, weight: Tensor, bias: Tensor, stride: int) -> SparseTensor:
    """Convolution evaluated wherever a window sees an active site; see `layers.SparseConv3d`."""
    rules = window_rules(x.sites, weight.shape[1], stride)
    return SparseTensor(rules.outputs, _StridedConv.apply(x.features, weight, bias, rules))


def max_pool(x: SparseTensor, kernel: int, stride: int) -> SparseTensor:
    """Maximum over the active sites of each window; see `layers.SparseMaxPool3d`."""
    rules = window_rules(x.sites, kernel, stride)
    n_sites, n_outputs = len(x.sites), len(rules.outputs)
    # The row after the last site stands for "inactive", the one after the last output for "none".
    sources = torch.full((n_outputs + 1, kernel**3), n_sites, device=x.indices.device)
    for group in rules.groups:
        sources[group.targets.long(), group.offsets] = group.sites.long()[:, None]
    lowest = x.features.new_full((1, x.features.shape[1]), -torch.inf)
    candidates = torch.cat([x.features, lowest])[sources[:n_outputs]]
    # Unlike amax, max gives the whole gradient to the first of equal values.
    return SparseTensor(rules.outputs, candidates.max(1).values)


def _by_offset(weight: Tensor) -> Tensor:
    """[k^3, c_in, c_out] from [c_out, k, k, k, c_in]."""
    return weight.flatten(1, 3).permute(1, 2, 0).contiguous()


def _as_weight(by_offset: Tensor, weight: Tensor) -> Tensor:
    """The inverse of `_by_offset`."""
    return by_offset.permute(2, 0, 1).reshape(weight.shape)


class _CountConv(Function):
    """Submanifold convolution of one channel that needs no gradient: one product per block.

    With one input channel a product per kernel offset would be all gathers and no arithmetic, so
    the neighbourhoods are written out as rows of k^3 values.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, sites: Sites) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.sites = sites
        matrix = weight.flatten(1).t()
        out = features.new_empty(len(sites), len(bias))
        for start, stop in _blocks(len(sites)):
            columns = neighbour_columns(features, sites, weight.shape[1], start, stop)
            torch.addmm(bias, columns, matrix, out=out[start:stop])
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        features, weight = ctx.saved_tensors
        grad_weight = torch.zeros_like(weight).flatten(1)
        for start, stop in _blocks(len(ctx.sites)):
            columns = neighbour_columns(features, ctx.sites, weight.shape[1], start, stop)
            grad_weight.addmm_(grad[start:stop].t(), columns)
        return None, grad_weight.view_as(weight), grad.sum(0), None


def _blocks(n_sites: int) -> list[tuple[int, int]]:
    return [(s, min(s + SITES_PER_BLOCK, n_sites)) for s in range(0, n_sites, SITES_PER_BLOCK)]


class _SubmanifoldConv(Function):
    """out[p] = bias + sum over active q of weight[q - p] x[q], pair by pair of active sites."""

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, pairs: NeighbourPairs
    ) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.pairs = pairs
        matrices = _by_offset(weight)
        centre = len(matrices) // 2
        out = torch.addmm(bias, features, matrices[centre])
        for first, second, h in _pair_groups(pairs):
            add_rows(out, first, gather_rows(features, second) @ matrices[centre + h])
            add_rows(out, second, gather_rows(features, first) @ matrices[centre - h])
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        features, weight = ctx.saved_tensors
        grad = grad.contiguous()
        matrices = _by_offset(weight)
        transposed = matrices.transpose(1, 2)
        centre = len(matrices) // 2
        grad_features = grad @ transposed[centre]
        grad_matrices = torch.zeros_like(matrices)
        grad_matrices[centre] = features.t() @ grad
        for first, second, h in _pair_groups(ctx.pairs):
            grad_first, grad_second = gather_rows(grad, first), gather_rows(grad, second)
            grad_matrices[centre + h].addmm_(gather_rows(features, second).t(), grad_first)
            grad_matrices[centre - h].addmm_(gather_rows(features, first).t(), grad_second)
            add_rows(grad_features, second, grad_first @ transposed[centre + h])
            add_rows(grad_features, first, grad_second @ transposed[centre - h])
        return grad_features, _as_weight(grad_matrices, weight), grad.sum(0), None


def _pair_groups(pairs: NeighbourPairs) -> list[tuple[Tensor, Tensor, int]]:
    """(first, second, distance of their kernel offset from the centre) of every group of pairs."""
    return [
        (pairs.first[start:stop], pairs.second[start:stop], h)
        for block in pairs.bounds
        for h, (start, stop) in enumerate(zip(block[:-1], block[1:], strict=True), start=1)
        if stop > start
    ]


class _StridedConv(Function):
    """Every site feeds all windows that contain it, so one product per group does all of them."""

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, rules: WindowRules
    ) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.rules = rules
        matrices = _by_offset(weight)
        n_outputs = len(rules.outputs)
        # One row more collects what goes to windows outside the grid.
        out = bias.repeat(n_outputs + 1, 1)
        for group in rules.groups:
            add_rows(
                out,
                group.targets,
                gather_rows(features, group.sites) @ _side_by_side(matrices, group.offsets),
            )
        return out[:n_outputs]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        features, weight = ctx.saved_tensors
        matrices = _by_offset(weight)
        grad_features = torch.zeros_like(features)
        grad_matrices = torch.zeros_like(matrices)
        padded = torch.cat([grad, grad.new_zeros(1, grad.shape[1])])
        for group in ctx.rules.groups:
            seen = gather_rows(padded, group.targets).flatten(1)
            beside = _side_by_side(matrices, group.offsets)
            add_rows(grad_features, group.sites, seen @ beside.t())
            update = gather_rows(features, group.sites).t() @ seen
            grad_matrices.index_add_(
                0, group.offsets, update.view(len(update), len(group.offsets), -1).transpose(0, 1)
            )
        return grad_features, _as_weight(grad_matrices, weight), grad.sum(0), None


def _side_by_side(matrices: Tensor, offsets: Tensor) -> Tensor:
    """[c_in, offsets * c_out] from the chosen of [k^3, c_in, c_out]."""
    return matrices[offsets].transpose(0, 1).flatten(1)
