"""Build untrained networks from their settings."""

from importlib import import_module

from torch import nn

from pipeline.emulsion.config.networks import ClusterNetwork


def build_network(settings: ClusterNetwork, pixels: int = 40) -> nn.Module:
    """An untrained network, mapping (uint8 images [n, 8, pixels, pixels], turn) to an `Output`.

    `turn` is None or angles [n] in degrees by which the images are turned first.
    """
    model: nn.Module = import_module(settings.module).build(settings, pixels)
    return model
