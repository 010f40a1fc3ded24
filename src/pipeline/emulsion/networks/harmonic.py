"""The network on harmonic maps: a residual 2D network at 12, 6 and 3 pixels."""

import torch
from torch import Tensor, nn

from pipeline.emulsion.config.networks import Harmonic
from pipeline.emulsion.networks.inputs import HARMONICS, MOMENTS, elongation, harmonic_maps
from pipeline.emulsion.networks.layers import (
    LOGIT,
    OUTPUTS,
    ClusterModel,
    Residual,
    dense,
)

PLACES = 3  # along each side before the dense layers


def build(settings: Harmonic, _pixels: int) -> nn.Module:
    """An untrained network; 250,709 weights by default."""
    first, second, third = settings.widths
    outputs = OUTPUTS if settings.directions else LOGIT
    features = nn.Sequential(
        _convolution(HARMONICS, first),
        nn.ReLU(),
        _block(first, first),
        nn.AvgPool2d(2),
        _block(first, second),
        nn.AvgPool2d(2),
        _block(second, third),
        # Where the light is matters: a mean over all places learns axes late or never.
        *(nn.AdaptiveAvgPool2d(PLACES), nn.Flatten()),
    )
    head = dense(PLACES**2 * third + MOMENTS, (settings.hidden,), outputs)
    body = WithElongation(features, head, settings.directions)
    for weights in body.parameters():
        if weights.ndim == 4:
            # With channels last a step takes four fifths of the time on a CPU.
            weights.data = weights.data.contiguous(memory_format=torch.channels_last)
    return ClusterModel(harmonic_maps, body, half_turns=settings.turns == "half")


class WithElongation(nn.Module):
    """Dense layers on features of the maps and on `elongation` of the first one.

    The axis begins as the mean of the elongations in all windows, with its length as kappa, and the
    layers learn what is missing. From random weights alone, axes are learnt at once or hardly in
    500,000 clusters, by chance, and where they are not, tracks across the analyser's first
    direction are found less often.
    """

    def __init__(self, features: nn.Module, head: nn.Module, directions: bool) -> None:
        super().__init__()
        self.features, self.head = features, head
        self.axis = nn.Linear(MOMENTS, 2, bias=False) if directions else None
        if self.axis:
            windows = MOMENTS // 2
            self.axis.weight.data = torch.eye(2).repeat(1, windows) / windows

    def forward(self, maps: Tensor) -> Tensor:
        """Output columns for maps [n, 5, rows, columns]."""
        moments = elongation(maps[:, 0])
        columns: Tensor = self.head(torch.cat([self.features(maps), moments], dim=1))
        if self.axis is None:
            return columns
        logit, axis, sense = columns.split([1, 2, 2], dim=1)
        return torch.cat([logit, axis + self.axis(moments), sense], dim=1)


def _convolution(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)
    )


def _block(inputs: int, outputs: int) -> nn.Module:
    branch = nn.Sequential(_convolution(inputs, outputs), nn.ReLU(), _convolution(outputs, outputs))
    shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)
    return Residual(branch, shortcut, nn.ReLU())
