"""A residual sparse U-Net that predicts a direction and its kappa."""

from collections.abc import Sequence

from torch import nn

from pipeline.gas.config.networks import UNet as Settings
from pipeline.gas.networks.output import Output, from_natural
from pipeline.sparse.tensor import SparseTensor
from pipeline.sparse.unet import UNet


class DirectionUNet(nn.Module):
    """A U-Net that predicts the natural parameter theta = kappa mu, a 3-vector of any length.

    The negative von Mises-Fisher log-likelihood is convex in theta.
    """

    def __init__(self, widths: Sequence[int], backend: str) -> None:
        super().__init__()
        self.theta = UNet(widths, outputs=3, backend=backend)

    def forward(self, voxels: SparseTensor) -> Output:
        """Directions and kappa of events with electron counts as features [n_voxels, 1]."""
        return from_natural(self.theta(voxels))


def build(settings: Settings, _grid_bins: int) -> nn.Module:
    """An untrained U-Net, for a grid of any size."""
    return DirectionUNet(settings.widths, settings.backend)
