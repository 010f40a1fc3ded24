"""The network on harmonic maps: a residual 2D network at 12, 6 and 3 pixels."""

import torch
from torch import nn

from pipeline.emulsion.config.networks import Harmonic
from pipeline.emulsion.networks.inputs import HARMONICS, harmonic_maps
from pipeline.emulsion.networks.layers import (
    LOGIT,
    OUTPUTS,
    ClusterModel,
    Residual,
    dense,
)

PLACES = 3  # along each side before the dense layers


def build(settings: Harmonic, _pixels: int) -> nn.Module:
    """An untrained network; 250,437 weights by default."""
    first, second, third = settings.widths
    outputs = OUTPUTS if settings.directions else LOGIT
    body = nn.Sequential(
        _convolution(HARMONICS, first),
        nn.ReLU(),
        _block(first, first),
        nn.AvgPool2d(2),
        _block(first, second),
        nn.AvgPool2d(2),
        _block(second, third),
        # Where the light is matters: a mean over all places learns axes late or never.
        *(nn.AdaptiveAvgPool2d(PLACES), nn.Flatten()),
        dense(PLACES**2 * third, (settings.hidden,), outputs),
    )
    for weights in body.parameters():
        if weights.ndim == 4:
            # With channels last a step takes four fifths of the time on a CPU.
            weights.data = weights.data.contiguous(memory_format=torch.channels_last)
    return ClusterModel(harmonic_maps, body, half_turns=settings.turns == "half")


def _convolution(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)
    )


def _block(inputs: int, outputs: int) -> nn.Module:
    branch = nn.Sequential(_convolution(inputs, outputs), nn.ReLU(), _convolution(outputs, outputs))
    shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)
    return Residual(branch, shortcut, nn.ReLU())
