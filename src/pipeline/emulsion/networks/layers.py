"""Parts that several networks share."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from pipeline.emulsion.networks.output import Output, from_columns

OUTPUTS, LOGIT = 5, 1
# Half a turn of the images leaves logit and axis as they are, and reverses the sense.
AFTER_HALF_TURN = (1.0, 1.0, 1.0, -1.0, -1.0)


class ClusterModel(nn.Module):
    """A network on one kind of input: encoder, body and the columns of the output.

    With `half_turns`, the output is the mean of those for the images and for the same after half a
    turn, but in training.
    """

    def __init__(
        self, encode: Callable[..., Tensor], body: nn.Module, half_turns: bool = False
    ) -> None:
        super().__init__()
        self.encode, self.body, self.half_turns = encode, body, half_turns

    def forward(self, images: Tensor, turn_deg: Tensor | None = None) -> Output:
        """Output for uint8 images [n, 8, rows, columns], turned before by `turn_deg` [n]."""
        columns = self.body(self.encode(images, turn_deg))
        if self.half_turns and not self.training:
            turned = self.body(self.encode(images.flip(2, 3), turn_deg))
            signs = turned.new_tensor(AFTER_HALF_TURN[: turned.shape[1]])
            columns = (columns + signs * turned) / 2
        return from_columns(columns)


class Residual(nn.Module):
    """Sum of a branch and a shortcut, then an activation."""

    def __init__(self, branch: nn.Module, shortcut: nn.Module, activation: nn.Module) -> None:
        super().__init__()
        self.branch, self.shortcut, self.activation = branch, shortcut, activation

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block."""
        out: Tensor = self.activation(self.branch(x) + self.shortcut(x))
        return out


def dense(inputs: int, widths: tuple[int, ...], outputs: int) -> nn.Sequential:
    """Linear layers of `widths` with a leaky ReLU after each, then one of `outputs`.

    Plain ReLUs may all be zero for the clearest signal: one logit for half of it, and no order.
    """
    layers: list[nn.Module] = []
    for n, m in pairwise([inputs, *widths]):
        layers += [nn.Linear(n, m), nn.LeakyReLU(0.1)]
    return nn.Sequential(*layers, nn.Linear([inputs, *widths][-1], outputs))


def global_mean(dimensions: int) -> nn.Module:
    """Layer that averages [n, channels, ...] over its last `dimensions`."""
    pool = {2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}[dimensions]
    return nn.Sequential(pool(1), nn.Flatten())


def weights_of(model: torch.nn.Module) -> int:
    """Number of trained weights."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
