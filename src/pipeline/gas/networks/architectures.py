"""The direction networks by name, and the loss that each learns from.

A further architecture is one more entry of `ARCHITECTURES`.
"""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from pipeline.gas.config.learning import Network
from pipeline.gas.networks.output import Output, from_natural
from pipeline.gas.networks.paper import DirectionNetwork
from pipeline.learning.vmf import LossForm, cosine_distance, vmf_nll
from pipeline.sparse.tensor import SparseTensor
from pipeline.sparse.unet import UNet


class DirectionUNet(nn.Module):
    """A U-Net that predicts the natural parameter theta = kappa mu, a 3-vector of any length.

    The von Mises-Fisher likelihood is convex in it.
    """

    def __init__(self, widths: Sequence[int], backend: str) -> None:
        super().__init__()
        self.theta = UNet(widths, outputs=3, backend=backend)

    def forward(self, voxels: SparseTensor) -> Output:
        """Directions and kappa of events with electron counts as features [n_voxels, 1]."""
        return from_natural(self.theta(voxels))


ARCHITECTURES: dict[str, Callable[[Network, int], nn.Module]] = {
    "rcn": lambda network, bins: DirectionNetwork(network.backend, bins, with_kappa=False),
    "hcn": lambda network, bins: DirectionNetwork(network.backend, bins, with_kappa=True),
    "unet": lambda network, _: DirectionUNet(network.widths or (), network.backend),
}


def build_network(network: Network, grid_bins: int = 120) -> nn.Module:
    """A fresh network, mapping a SparseTensor of electron counts to an `Output`.

    `grid_bins` are the voxels along each axis. Raises ValueError for grids too small.
    """
    return ARCHITECTURES[network.architecture](network, grid_bins)


def loss(output: Output, direction_true: Tensor, form: LossForm = "exact") -> Tensor:
    """Loss [n]: von Mises-Fisher likelihood with kappa (`form`), cosine distance without."""
    if output.kappa is None:
        return cosine_distance(output.direction, direction_true)
    return vmf_nll(output.direction, output.kappa, direction_true, form)
