"""The direction networks by name, and the loss that each learns from.

A further architecture is one more entry of `ARCHITECTURES`.
"""

from collections.abc import Callable

from torch import Tensor, nn

from pipeline.config.learning import Network
from pipeline.direction.output import Output
from pipeline.direction.paper_networks import DirectionNetwork
from pipeline.direction.unet import UNet
from pipeline.direction.vmf import LossForm, cosine_distance, vmf_nll

ARCHITECTURES: dict[str, Callable[[Network, int], nn.Module]] = {
    "rcn": lambda network, bins: DirectionNetwork(network.backend, bins, with_kappa=False),
    "hcn": lambda network, bins: DirectionNetwork(network.backend, bins, with_kappa=True),
    "unet": lambda network, _: UNet(network.widths or (), network.backend),
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
