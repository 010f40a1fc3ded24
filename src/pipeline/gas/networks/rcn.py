"""The paper's RCN; see `paper`."""

from torch import nn

from pipeline.gas.config.networks import Rcn
from pipeline.gas.networks.paper import PaperNetwork


def build(settings: Rcn, grid_bins: int) -> nn.Module:
    """An untrained RCN; raises ValueError for grids too small."""
    return PaperNetwork(settings.backend, grid_bins, False, settings.normalise)
