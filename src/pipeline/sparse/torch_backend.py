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
from pipeline.sparse.kernels import add_rows, gather_rows
from pipeline.sparse.rulebook import (
    NeighbourPairs,
    WindowRules,
    mirrored_offsets,
    neighbour_pairs,
    window_rules,
)
from pipeline.sparse.tensor import SparseTensor


def submanifold_conv(x: SparseTensor, weight: Tensor, bias: Tensor) -> SparseTensor:
    """Convolution evaluated at the active sites only; see `layers.SubMConv3d`."""
    pairs = neighbour_pairs(x.sites, weight.shape[1])
    counts_only = weight.shape[-1] == 1 and not x.features.requires_grad
    short_cut = counts_only and kernels.compiled(x.features)
    convolution = _CountConv if short_cut else _SubmanifoldConv
    return x.with_features(convolution.apply(x.features, weight, bias, pairs))


def strided_conv(x: SparseTensor, weight: Tensor, bias: Tensor, stride: int) -> SparseTensor:
    """Convolution evaluated wherever a window sees an active site; see `layers.SparseConv3d`."""
    rules = window_rules(x.sites, weight.shape[1], stride)
    return SparseTensor(rules.outputs, _StridedConv.apply(x.features, weight, bias, rules))


def max_pool(x: SparseTensor, kernel: int, stride: int) -> SparseTensor:
    """Maximum over the active sites of each window; see `layers.SparseMaxPool3d`."""
    rules = window_rules(x.sites, kernel, stride)
    return SparseTensor(rules.outputs, _MaxPool.apply(x.features, rules.sources(kernel)))


def _by_offset(weight: Tensor) -> Tensor:
    """[k^3, c_in, c_out] from [c_out, k, k, k, c_in]."""
    return weight.flatten(1, 3).permute(1, 2, 0).contiguous()


def _as_weight(by_offset: Tensor, weight: Tensor) -> Tensor:
    """The inverse of `_by_offset`."""
    return by_offset.permute(2, 0, 1).reshape(weight.shape)


class _SubmanifoldConv(Function):
    """out[p] = bias + sum over active q of weight[q - p] x[q], group by group of equal q - p.

    A group and its mirror image are done together: one gather, one batched product of two.
    """

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, pairs: NeighbourPairs
    ) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.pairs = pairs
        centre, mirrored = _centre_and_mirrored(weight)
        out = torch.addmm(bias, features, centre)
        groups = pairs.with_mirror_images()
        # Buffers, because freshly allocated memory is never in the cache.
        at_sources, at_targets = _buffer(groups, features), _buffer(groups, out)
        for g, sources, targets in groups:
            x = gather_rows(features, sources, at_sources[: sources.shape[0]])
            y = at_targets[: sources.shape[0]]
            torch.bmm(_halves(x), mirrored[g : g + 2], out=_halves(y))
            add_rows(out, targets, y)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        features, weight = ctx.saved_tensors
        grad = grad.contiguous()
        centre, mirrored = _centre_and_mirrored(weight)
        grad_features = grad @ centre.t()
        grad_mirrored = torch.zeros_like(mirrored)
        groups = ctx.pairs.with_mirror_images()
        at_sources, at_targets = _buffer(groups, features), _buffer(groups, grad)
        for g, sources, targets in groups:
            x = gather_rows(features, sources, at_sources[: sources.shape[0]])
            y = gather_rows(grad, targets, at_targets[: sources.shape[0]])
            grad_mirrored[g : g + 2].baddbmm_(_halves(x).transpose(1, 2), _halves(y))
            torch.bmm(_halves(y), mirrored[g : g + 2].transpose(1, 2), out=_halves(x))
            add_rows(grad_features, sources, x)
        grad_weight = _join(features.t() @ grad, grad_mirrored, weight)
        return grad_features, grad_weight, grad.sum(0), None


class _CountConv(Function):
    """Submanifold convolution on the CPU of one channel that needs no gradient: the counts.

    With one input channel a matrix product is a scaled row. It is added straight away, not
    written out for every pair first.
    """

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, pairs: NeighbourPairs
    ) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.pairs = pairs
        centre, mirrored = _centre_and_mirrored(weight)
        out = torch.addmm(bias, features, centre)
        kernels.add_scaled_rows(out.numpy(), *_count_arguments(mirrored, features, pairs))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        features, weight = ctx.saved_tensors
        grad = grad.contiguous()
        grad_mirrored = grad.new_zeros(weight[0].numel() - 1, 1, len(weight))
        kernels.sum_scaled_rows(grad.numpy(), *_count_arguments(grad_mirrored, features, ctx.pairs))
        return None, _join(features.t() @ grad, grad_mirrored, weight), grad.sum(0), None


def _centre_and_mirrored(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Matrices [c_in, c_out] at the centre and [k^3 - 1, c_in, c_out] in mirrored order."""
    matrices = _by_offset(weight)
    return matrices[len(matrices) // 2], matrices[mirrored_offsets(weight.shape[1])]


def _join(centre: Tensor, mirrored: Tensor, weight: Tensor) -> Tensor:
    """The inverse of `_centre_and_mirrored`."""
    matrices = centre.new_empty(len(mirrored) + 1, *centre.shape)
    matrices[len(matrices) // 2] = centre
    matrices[mirrored_offsets(weight.shape[1])] = mirrored
    return _as_weight(matrices, weight)


def _buffer(groups: list[tuple[int, Tensor, Tensor]], like: Tensor) -> Tensor:
    """Memory for the rows of any one group."""
    return like.new_empty(max((g[1].shape[0] for g in groups), default=0), like.shape[1])


def _halves(rows: Tensor) -> Tensor:
    """[2, n / 2, channels]: a group and its mirror image, for a batched product."""
    return rows.view(2, rows.shape[0] // 2, rows.shape[1])


def _count_arguments(
    mirrored: Tensor, features: Tensor, pairs: NeighbourPairs
) -> tuple[NDArray, ...]:
    values, weights = features.detach()[:, 0].numpy(), mirrored.squeeze(1).numpy()
    return weights, values, pairs.sources.numpy(), pairs.targets.numpy(), pairs.bounds


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
            beside = _side_by_side(matrices, group.offsets)
            x, y = _piece_buffers(group.pieces, features, beside)
            for sites, targets in group.pieces:
                n = sites.shape[0]
                gather_rows(features, sites, x[:n])
                torch.mm(x[:n], beside, out=y[:n])
                add_rows(out, targets.flatten(), y[:n].view(-1, out.shape[1]))
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
            beside = _side_by_side(matrices, group.offsets)
            grad_beside = torch.zeros_like(beside)
            x, y = _piece_buffers(group.pieces, features, beside)
            for sites, targets in group.pieces:
                n = sites.shape[0]
                gather_rows(features, sites, x[:n])
                gather_rows(padded, targets.flatten(), y[:n].view(-1, grad.shape[1]))
                grad_beside.addmm_(x[:n].t(), y[:n])
                torch.mm(y[:n], beside.t(), out=x[:n])
                add_rows(grad_features, sites, x[:n])
            by_offset = grad_beside.unflatten(1, (len(group.offsets), -1)).transpose(0, 1)
            grad_matrices[group.offsets] = by_offset
        return grad_features, _as_weight(grad_matrices, weight), grad.sum(0), None


def _piece_buffers(
    pieces: list[tuple[Tensor, Tensor]], features: Tensor, beside: Tensor
) -> tuple[Tensor, Tensor]:
    n = pieces[0][0].shape[0]
    return features.new_empty(n, features.shape[1]), features.new_empty(n, beside.shape[1])


def _side_by_side(matrices: Tensor, offsets: Tensor) -> Tensor:
    """[c_in, offsets * c_out] from the chosen of [k^3, c_in, c_out]."""
    return matrices[offsets].transpose(0, 1).flatten(1)


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
