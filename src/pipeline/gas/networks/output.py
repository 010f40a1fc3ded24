"""What a direction network says about each event, whatever its architecture."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Output:
    """Unit vectors `direction` [n, 3]; `kappa` [n] >= 0, or None from a network without one."""

    direction: Tensor
    kappa: Tensor | None


def from_natural(theta: Tensor) -> Output:
    """Direction and kappa of the natural parameter theta = kappa mu [n, 3]."""
    return Output(functional.normalize(theta, dim=1), theta.norm(dim=1))
