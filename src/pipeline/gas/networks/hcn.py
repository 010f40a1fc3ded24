"""The paper's HCN; see `paper`."""

from torch import nn

from pipeline.gas.config.networks import Hcn
from pipeline.gas.networks.paper import PaperNetwork


def build(settings: Hcn, grid_bins: int) -> nn.Module:
    """An untrained HCN; raises ValueError for grids too small."""
    return PaperNetwork(settings.backend, grid_bins, True, settings.normalise)
