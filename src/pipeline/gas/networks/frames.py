"""Symmetries of the voxel grid: ways to swap and mirror its axes, mapping voxels onto voxels.

A network does not have these symmetries by construction. Predicting an event in several frames,
transforming the predictions back and averaging them removes the part of the error that depends on
the orientation. Rotations by other angles would need a new binning, on which the network was not
trained.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from pipeline.gas.config.symmetry import Orientation, orientations
from pipeline.gas.networks.output import Output, from_natural
from pipeline.sparse.tensor import SparseTensor, sparse_tensor

# A very small kappa is 0 in float32; clamping it keeps its direction in the average.
LEAST_KAPPA = 1e-6


# Of cubic voxels without a drift.
ALL = orientations((1.0, 1.0, 1.0))


def frames(n: int, allowed: Sequence[Orientation] = ALL) -> Tensor:
    """The first n of the allowed signed permutation matrices, float32 [n, 3, 3].

    Raises:
        ValueError: there are fewer.
    """
    if n > len(allowed):
        raise ValueError(
            f"{n} frames are more than the {len(allowed)} symmetries of these events; set `frames` "
            f"of the network to at most {len(allowed)}"
        )
    eye = torch.eye(3)
    return torch.stack(
        [
            torch.diag(torch.tensor(signs, dtype=eye.dtype)) @ eye[list(order)]
            for order, signs in allowed[:n]
        ]
    )


def turned(x: SparseTensor, frame: Tensor) -> SparseTensor:
    """Transform events to another frame: r from the middle of a cubic grid becomes frame @ r."""
    edge = x.spatial_shape[0] - 1
    about_middle = 2 * x.indices[:, 1:] - edge
    frame = frame.to(about_middle)
    seen = (about_middle[:, None, :] * frame).sum(2)
    indices = torch.cat([x.indices[:, :1], (seen + edge) // 2], 1)
    return sparse_tensor(indices, x.features, x.spatial_shape, x.batch_size)


def predict_in_frames(
    network: nn.Module, x: SparseTensor, n: int, allowed: Sequence[Orientation] = ALL
) -> Output:
    """Mean prediction over n frames: of kappa mu if the network has a kappa, else of directions."""
    total = torch.zeros(x.batch_size, 3, device=x.features.device)
    known = True
    for frame in frames(n, allowed).to(x.features.device):
        output = network(turned(x, frame))
        known = output.kappa is not None
        weight = 1.0 if output.kappa is None else output.kappa[:, None].clamp(min=LEAST_KAPPA)
        total += (
            weight * output.direction
        ) @ frame  # the inverse of an orthogonal matrix is its transpose
    mean = from_natural(total / n)
    return mean if known else Output(mean.direction, None)
