"""Output of a direction network, the same for all architectures."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Output:
    """Unit vectors `direction` [n, 3]; `kappa` [n] >= 0, or None if the network has none."""

    direction: Tensor
    kappa: Tensor | None


def from_natural(theta: Tensor) -> Output:
    """Direction and kappa of the natural parameter theta = kappa mu [n, 3]."""
    return Output(functional.normalize(theta, dim=1), theta.norm(dim=1))
