"""Output of a direction network, the same for all architectures."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.learning.vmf import mean_cosine


@dataclass(frozen=True)
class Start:
    """Predicted start of each track: a Gaussian, in `UNIT_VOXELS` from the middle of the grid."""

    position: Tensor  # [n, 3]
    log_error: Tensor  # of each axis [n]


@dataclass(frozen=True)
class Output:
    """Unit vectors `direction` [n, 3]; `kappa` [n] >= 0, or None if the network has none.

    A mixture of K components has `direction` [n, K, 3], `kappa` [n, K] and `logits` [n, K], whose
    softmax are the components' shares.
    """

    direction: Tensor
    kappa: Tensor | None
    logits: Tensor | None = None  # None: one component
    start: Start | None = None  # None: not predicted

    def first(self, n: int) -> "Output":
        """The output of the first n events."""
        start = self.start and Start(self.start.position[:n], self.start.log_error[:n])
        kappa, logits = (x if x is None else x[:n] for x in (self.kappa, self.logits))
        return Output(self.direction[:n], kappa, logits, start)

    def mean_direction(self) -> Tensor:
        """Mean unit vector [n, 3] of each density, shorter than 1; needs a kappa."""
        if self.kappa is None:
            raise ValueError("a network without kappa has no density")
        shares = torch.ones(()) if self.logits is None else self.logits.softmax(1)
        vectors = (shares * mean_cosine(self.kappa))[..., None] * self.direction
        return vectors if self.logits is None else vectors.sum(1)


def from_natural(theta: Tensor, logits: Tensor | None = None, start: Start | None = None) -> Output:
    """Direction and kappa of the natural parameters theta = kappa mu [n, 3] or [n, K, 3]."""
    return Output(functional.normalize(theta, dim=-1), theta.norm(dim=-1), logits, start)
