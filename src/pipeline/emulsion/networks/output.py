"""Output of a network, the same for all architectures."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Output:
    """Logit of signal [n], and natural parameters [n, 2] of directions in the film.

    `axis` is kappa (cos 2 phi, sin 2 phi) of a von Mises distribution of the doubled angle, `sense`
    is kappa (cos phi, sin phi) of one of the angle itself; None if the network has none. Angles
    are those of the images, from x (right) to y (down).
    """

    logit: Tensor
    axis: Tensor | None = None
    sense: Tensor | None = None


def from_columns(columns: Tensor) -> Output:
    """Output of a last layer with one column (the logit), or five (logit, axis, sense)."""
    if columns.shape[1] == 1:
        return Output(columns[:, 0])
    return Output(columns[:, 0], columns[:, 1:3], columns[:, 3:5])


def axis_of(theta: Tensor) -> tuple[Tensor, Tensor]:
    """Angle of the axis [rad, -pi/2 to pi/2] and kappa, [n] each, of natural parameters [n, 2]."""
    return torch.atan2(theta[:, 1], theta[:, 0]) / 2, theta.norm(dim=1)
