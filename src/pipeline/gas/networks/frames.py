"""Symmetries of the voxel grid: ways to swap and mirror its axes, mapping voxels onto voxels.

A network does not have these symmetries by construction. Predicting an event in several frames,
transforming the predictions back and averaging them removes the part of the error that depends on
the orientation. Rotations by other angles would need a new binning, on which the network was not
trained.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from pipeline.gas.config.symmetry import Orientation, orientations
from pipeline.gas.networks.output import Output, Start, from_natural
from pipeline.sparse.tensor import SparseTensor, sparse_tensor

# A very small kappa is 0 in float32; clamping it keeps its direction in the average.
LEAST_KAPPA = 1e-6


# All 48 orientations: those of cubic voxels without a drift.
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
    """Mean prediction over n frames: of kappa mu if the network has a kappa, else of directions.

    Of a mixture: of each component's kappa mu and logit. Of the start: its place and the logarithm
    of its error; errors in different frames are nearly the same error, so it does not shrink.
    """
    used = frames(n, allowed).to(x.features.device)
    outputs = [network(turned(x, frame)) for frame in used]
    theta = _mean_of([_natural(o) @ frame for o, frame in zip(outputs, used, strict=True)])
    logits = start = None
    if outputs[0].logits is not None:
        logits = _mean_of([o.logits for o in outputs])
    if outputs[0].start is not None:
        start = Start(
            _mean_of([o.start.position @ frame for o, frame in zip(outputs, used, strict=True)]),
            _mean_of([o.start.log_error for o in outputs]),
        )
    mean = from_natural(theta, logits, start)
    return mean if outputs[0].kappa is not None else replace(mean, kappa=None)


def _natural(output: Output) -> Tensor:
    """The vectors to average; the inverse of a frame, an orthogonal matrix, is its transpose."""
    if output.kappa is None:
        return output.direction
    return output.kappa[..., None].clamp(min=LEAST_KAPPA) * output.direction


def _mean_of(values: list[Tensor]) -> Tensor:
    return sum(values, torch.zeros_like(values[0])) / len(values)
