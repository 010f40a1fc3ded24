"""A residual sparse U-Net that predicts a density of directions, and the start of the track."""

import logging
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from pipeline.gas.config.networks import UNet as Settings
from pipeline.gas.networks.output import Output, Start, from_natural
from pipeline.sparse.tensor import SparseTensor
from pipeline.sparse.unet import UNet

logger = logging.getLogger(__name__)

# Logit of every component but the first in an untrained network: a share of 1.8 %.
OTHER_LOGITS = -4.0
START_VALUES = 4
# Outputs of a network of one component, without and with the start.
ONE_COMPONENT = (3, 3 + START_VALUES)


class DirectionUNet(nn.Module):
    """A U-Net that predicts natural parameters theta = kappa mu, 3-vectors of any length.

    One component: the negative von Mises-Fisher log-likelihood is convex in its theta. A mixture
    begins as its first component with small additions: the antipode, where a track with its ends
    confused points, then broader ones along the axis.

    The last layer has the components' thetas, their logits if there are several, and the start.
    """

    def __init__(
        self,
        widths: Sequence[int],
        backend: str,
        components: int = 1,
        start: bool = False,
        read_fine: bool = False,
        normalise: bool = False,
    ) -> None:
        super().__init__()
        logits = components if components > 1 else 0
        self.parts = [3 * components, logits, START_VALUES * start]
        self.theta = UNet(widths, sum(self.parts), backend, read_fine, normalise)
        self._follow_first()

    @property
    def components(self) -> int:
        """Number of components of the density."""
        return self.parts[0] // 3

    @property
    def _last(self) -> nn.Linear:
        return cast(nn.Linear, self.theta.head[-1])

    @property
    def event_layer(self) -> nn.Module:
        """See `activations`: what the network knows of the whole event, one number a channel."""
        return self.theta.context

    def forward(self, voxels: SparseTensor) -> Output:
        """Densities of events with electron counts as features [n_voxels, 1]."""
        theta, logits, place = self.theta(voxels).split(self.parts, 1)
        start = Start(place[:, :3], place[:, 3]) if self.parts[2] else None
        if self.components == 1:
            return from_natural(theta, start=start)
        return from_natural(theta.unflatten(1, (-1, 3)), logits, start)

    def grown(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """The weights of a network that predicts less, with this network's values for the rest.

        A density of one component becomes the first of several; a new start of the track begins in
        the middle of the grid. Other weights come back as they are, whether they fit or not.
        """
        last = self._last
        names = {key: f"theta.head.{len(self.theta.head) - 1}.{key}" for key in ("weight", "bias")}
        found = len(weights.get(names["bias"], ()))
        rows = self._rows(found)
        if not rows or weights[names["weight"]].shape[1:] != last.weight.shape[1:]:
            return weights
        with torch.no_grad():
            for key, name in names.items():
                # Random outputs behind trained layers would give a wrong start with a small error.
                getattr(last, key)[sum(self.parts[:2]) :] = 0
                getattr(last, key)[rows] = weights[name]
        if found in ONE_COMPONENT:
            self._follow_first()
        logger.info(
            "the network begins with the %d outputs of its weights, and %d new ones",
            *(found, last.out_features - found),
        )
        return {**weights, **{name: getattr(last, key).detach() for key, name in names.items()}}

    def _rows(self, found: int) -> list[int]:
        """Rows of the last layer that take those of a smaller one, of `found` rows; empty: none."""
        end = sum(self.parts)
        start = list(range(end - self.parts[2], end))
        alone, with_start = ONE_COMPONENT
        smaller = {end - self.parts[2]: list(range(end - self.parts[2])), alone: [0, 1, 2]}
        if start:
            smaller[with_start] = [0, 1, 2, *start]
        return smaller.get(found, []) if found < end else []

    def _follow_first(self) -> None:
        """Initialise the other components as fractions of the first, with small shares."""
        weight, bias = self._last.weight, self._last.bias
        logits = slice(self.parts[0], sum(self.parts[:2]))
        with torch.no_grad():
            for k in range(1, self.components):
                factor = (-1) ** k * 0.25 ** (k // 2)
                weight[3 * k : 3 * k + 3] = factor * weight[:3]
                bias[3 * k : 3 * k + 3] = factor * bias[:3]
            weight[logits] = 0
            bias[logits] = OTHER_LOGITS
            bias[logits][:1] = 0


def build(settings: Settings, _grid_bins: int) -> nn.Module:
    """An untrained U-Net, for a grid of any size."""
    return DirectionUNet(
        settings.widths,
        settings.backend,
        settings.components,
        settings.start_of_track,
        settings.read_fine,
        settings.normalise,
    )
