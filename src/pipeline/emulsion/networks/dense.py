"""Dense networks that see only the border of the images, or only their brightness."""

from torch import nn

from pipeline.emulsion.config.networks import Dense
from pipeline.emulsion.networks.inputs import PLANES, border, brightness
from pipeline.emulsion.networks.layers import LOGIT, ClusterModel, dense


def build(settings: Dense, pixels: int) -> nn.Module:
    """An untrained network; its inputs are normalised to mean zero and variance one."""
    encode, inputs = {
        "border": (border, 4 * (pixels - 1) + 2 * PLANES),
        "brightness": (brightness, 1),
    }[settings.sees]
    body = nn.Sequential(nn.BatchNorm1d(inputs), dense(inputs, settings.widths, LOGIT))
    return ClusterModel(encode, body)
