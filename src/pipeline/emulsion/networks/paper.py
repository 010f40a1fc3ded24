"""The authors' residual 3D network on nine whole images.

Layers as printed in their public code (golovart/Napoli_emulsion, NewsNet70nm): two convolutions of
3^3, a pool, residual blocks of 1^3, 3^3 and 1^3 filters with a shortcut of 3^3 filters, a pool, and
residual blocks again; swish throughout. Their output is a softmax over the kinds of clusters in
2021, a sigmoid in 2020; here it is the logit of a sigmoid. Two things differ: each filter's norm is
not limited to 4, and batch normalisation is of channels everywhere. In their identity blocks one
of three is of the analyser's axis, by a slip.
"""

import math
from dataclasses import dataclass

from torch import nn

from pipeline.emulsion.config.networks import Paper
from pipeline.emulsion.networks.inputs import nine_planes
from pipeline.emulsion.networks.layers import LOGIT, ClusterModel, Residual

PLANES = 9


@dataclass(frozen=True)
class Sizes:
    """Channels, blocks of each group, and dropout rates: start, middle, end."""

    second: int  # of the second convolution; the first has 32
    group: int  # in the bottlenecks of the first group; twice that in the second
    blocks: int
    dropout: tuple[float, float, float]


# 2020: figure 3 of the paper has no numbers; the defaults of the authors' code before the search.
# 2021: the best network of the search.
SIZES = {
    "2020": Sizes(32, 64, 3, (0.2, 0.7, 0.3)),
    "2021": Sizes(64, 64, 4, (0.4, 0.3, 0.0)),
}
BLOCK_DROPOUT = 0.4
FIRST, EXPANSION = 32, 4


def build(settings: Paper, pixels: int) -> nn.Module:
    """An untrained network; 5.9 (2020) or 6.9 (2021) million weights at 40 pixels."""
    sizes = SIZES[settings.version]
    start, middle, end = sizes.dropout
    group, wide = sizes.group, 2 * sizes.group
    features = nn.Sequential(
        *(nn.Conv3d(1, FIRST, 3), nn.SiLU()),
        *(nn.Conv3d(FIRST, sizes.second, 3, padding=1), nn.SiLU()),
        *(nn.MaxPool3d(2), nn.Dropout(start)),
        *_group(sizes.second, group, 2, sizes.blocks),
        *(nn.MaxPool3d(2, ceil_mode=True), nn.Dropout(middle)),
        *_group(EXPANSION * group, wide, 1, sizes.blocks),
        *(nn.Dropout(end), nn.Flatten()),
    )
    last = nn.Linear(_values(pixels, EXPANSION * wide), LOGIT)
    return ClusterModel(nine_planes, nn.Sequential(features, last))


def _group(inputs: int, middle: int, stride: int, blocks: int) -> list[nn.Module]:
    """A block with a convolution as its shortcut and dropout, then blocks with an identity."""
    outputs = EXPANSION * middle
    shortcut = nn.Sequential(
        nn.Conv3d(inputs, outputs, 3, stride, padding=1), nn.BatchNorm3d(outputs)
    )
    first = Residual(_branch(inputs, middle, stride), shortcut, nn.SiLU())
    others = [
        Residual(_branch(outputs, middle, 1), nn.Identity(), nn.SiLU()) for _ in range(blocks - 1)
    ]
    return [first, nn.Dropout(BLOCK_DROPOUT), *others]


def _branch(inputs: int, middle: int, stride: int) -> nn.Module:
    return nn.Sequential(
        *(nn.Conv3d(inputs, middle, 1, stride), nn.BatchNorm3d(middle), nn.SiLU()),
        *(nn.Conv3d(middle, middle, 3, padding=1), nn.BatchNorm3d(middle), nn.SiLU()),
        *(nn.Conv3d(middle, EXPANSION * middle, 1), nn.BatchNorm3d(EXPANSION * middle)),
    )


def _values(pixels: int, channels: int) -> int:
    """Number of values of a cluster before the last layer: 5 x 5 x 1 x 512 at 40 pixels."""

    def left(size: int) -> int:
        # The first pool leaves out an odd rest; the stride and the second pool do not.
        return math.ceil(math.ceil((size - 2) // 2 / 2) / 2)

    return channels * left(PLANES) * left(pixels) ** 2
