"""Build untrained direction networks from their settings; their loss."""

from importlib import import_module

from torch import Tensor, nn

from pipeline.gas.config.networks import DirectionNetwork
from pipeline.gas.networks.output import Output
from pipeline.learning.vmf import LossForm, cosine_distance, mixture_nll, vmf_nll


def build_network(settings: DirectionNetwork, grid_bins: int = 120) -> nn.Module:
    """An untrained network, mapping a SparseTensor of electron counts to an `Output`.

    `grid_bins` is the number of voxels along each axis. Raises ValueError if the grid is too small.
    """
    model: nn.Module = import_module(settings.module).build(settings, grid_bins)
    return model


def loss(output: Output, direction_true: Tensor, form: LossForm = "exact") -> Tensor:
    """Loss [n] of each event.

    The negative von Mises-Fisher log-likelihood (`form`) if the output has a kappa, that of the
    mixture if it has logits; otherwise the cosine distance.
    """
    if output.kappa is None:
        return cosine_distance(output.direction, direction_true)
    if output.logits is not None:
        return mixture_nll(output.direction, output.kappa, output.logits, direction_true, form)
    return vmf_nll(output.direction, output.kappa, direction_true, form)


def expected_loss(output: Output, mean_direction: Tensor, form: LossForm) -> Tensor:
    """Expectation [n] of the loss over distributions of the true direction.

    Only their mean vectors [n, 3], shorter than 1, enter: the loss of one component is linear in
    the true direction. `loss` has half a squared distance for 1 - cos, which for a shorter vector
    lacks half of 1 - its square.
    """
    missing = (1 - mean_direction.square().sum(1)) / 2
    return loss(output, mean_direction, form) + (
        missing if output.kappa is None else output.kappa * missing
    )
