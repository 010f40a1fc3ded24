"""A small residual 3D network: 8 images of 16 x 16, periodic in the angle of the analyser."""

from torch import Tensor, nn
from torch.nn import functional

from pipeline.emulsion.config.networks import Small3D
from pipeline.emulsion.networks.inputs import binned_planes
from pipeline.emulsion.networks.layers import (
    LOGIT,
    OUTPUTS,
    ClusterModel,
    Residual,
    dense,
    global_mean,
)


class Periodic(nn.Module):
    """A convolution of 3 x 3 x 3 that is circular along the analyser and zero-padded in the plane.

    The images cover half a turn of the analyser: the last one is a neighbour of the first.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convolution = nn.Conv3d(inputs, outputs, 3, padding=(0, 1, 1), bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve [n, channels, images, rows, columns]."""
        around: Tensor = functional.pad(x, (0, 0, 0, 0, 1, 1), mode="circular")
        out: Tensor = self.convolution(around)
        return out


def planes_volume(images: Tensor, turn_deg: Tensor | None = None) -> Tensor:
    """`binned_planes` with a channel: [n, 1, 8, 16, 16]."""
    return binned_planes(images, turn_deg)[:, None]


def build(settings: Small3D, _pixels: int) -> nn.Module:
    """An untrained network; 98,085 weights by default."""
    first, second, third = settings.widths
    outputs = OUTPUTS if settings.directions else LOGIT
    body = nn.Sequential(
        *(Periodic(1, first), nn.BatchNorm3d(first), nn.SiLU()),
        _bottleneck(first, first),
        nn.AvgPool3d((1, 2, 2)),
        _bottleneck(first, second),
        nn.AvgPool3d(2),
        _bottleneck(second, third),
        global_mean(3),
        dense(third, (settings.hidden,), outputs),
    )
    return ClusterModel(planes_volume, body, half_turns=settings.turns == "half")


def _bottleneck(inputs: int, outputs: int) -> nn.Module:
    middle = outputs // 2
    branch = nn.Sequential(
        *(nn.Conv3d(inputs, middle, 1, bias=False), nn.BatchNorm3d(middle), nn.SiLU()),
        *(Periodic(middle, middle), nn.BatchNorm3d(middle), nn.SiLU()),
        *(nn.Conv3d(middle, outputs, 1, bias=False), nn.BatchNorm3d(outputs)),
    )
    shortcut = nn.Identity() if inputs == outputs else nn.Conv3d(inputs, outputs, 1)
    return Residual(branch, shortcut, nn.SiLU())
