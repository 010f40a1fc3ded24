"""Loss of a network: signal or background, and directions of signal where they are known.

All densities are of natural parameters theta = kappa (cos m, sin m): exp(theta . u) / (2 pi
I0(kappa)) of an angle with unit vector u. Mardia & Jupp 2000, Directional Statistics, section
3.5.4.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from pipeline.emulsion.networks.batches import Batch
from pipeline.emulsion.networks.output import Output


def event_losses(model: torch.nn.Module, batch: Batch) -> Tensor:
    """Losses [n] of a batch under a network; see `loss`."""
    batch = batch.to(next(model.parameters()).device)
    output: Output = model(batch.images, batch.turn_deg)
    return loss(output, batch.label, batch.angle_rad)


def loss(output: Output, label: Tensor, angle_rad: Tensor) -> Tensor:
    """Loss [n]: binary cross-entropy, and the negative log-likelihoods of the true direction.

    `label` [n] is 1 for signal. `angle_rad` [n] is the angle of the initial direction in the film;
    it counts for signal only, and not where it is NaN.
    """
    total = binary_cross_entropy_with_logits(output.logit, label.to(output.logit), reduction="none")
    if output.axis is None or output.sense is None:
        return total
    known = (label == 1) & angle_rad.isfinite()
    angle = torch.where(known, angle_rad, 0.0)
    direction = axial_nll(output.axis, angle) + von_mises_nll(output.sense, angle)
    return total + torch.where(known, direction, 0.0)


def von_mises_nll(theta: Tensor, angle_rad: Tensor) -> Tensor:
    """-ln of the density [1/rad] of directions at angles [n], ln(2 pi I0(kappa)) - theta . u.

    Value and gradient are finite for every `theta` [n, 2], zero included.
    """
    kappa = theta.norm(dim=1)
    unit = torch.stack([angle_rad.cos(), angle_rad.sin()], dim=1).to(theta)
    # i0e(kappa) = exp(-kappa) I0(kappa) does not overflow.
    log_norm = math.log(2 * math.pi) + torch.special.i0e(kappa).log() + kappa
    return log_norm - (theta * unit).sum(1)


def axial_nll(theta: Tensor, angle_rad: Tensor) -> Tensor:
    """-ln of the density [1/rad] of axes at angles [n]: of the doubled angle, over half a turn."""
    return von_mises_nll(theta, 2 * angle_rad) - math.log(2)
