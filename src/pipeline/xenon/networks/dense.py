"""Stacks of dense layers."""

from collections.abc import Sequence
from itertools import pairwise

from torch import nn


def dense(widths: Sequence[int]) -> nn.Sequential:
    """Linear layers of the `widths` [inputs, ..., outputs], with a ReLU between layers."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
