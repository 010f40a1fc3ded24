"""Symmetries of a readout: the orientations of the voxel grid in which its events look alike.

A grid of cubes has 48: its axes can be swapped and mirrored. Voxels of different edges, and a drift
direction that the readout can tell from the others, leave fewer.
"""

from collections.abc import Sequence
from itertools import product
from typing import Literal

from pipeline.gas.config.response import Response

# Row i of the matrix has signs[i] in column order[i].
Orientation = tuple[tuple[int, ...], tuple[int, ...]]

# What a readout shows of the drift along z: nothing, its axis, or its direction too.
Drift = Literal["none", "axis", "direction"]

_DIRECTION = ("diffusion.transverse", "diffusion.longitudinal", "attachment_per_cm")
_CONSTANT = ("diffusion.constant_transverse", "diffusion.constant_longitudinal")


def drift_of(response: Response) -> Drift:
    """What a response shows of the drift.

    Integration begins at the lower end of a track. The upper end drifts longer, so it diffuses
    more and loses more electrons. Constant diffusion, the spread of avalanches and gains of pixels
    show the axis only: a map of gains counts as one that is independent from pixel to pixel, and is
    mirrored with its events.
    """
    if response.integrate_mm not in (0, "all") or any(map(response.has, _DIRECTION)):
        return "direction"
    across, along = map(response.value, _CONSTANT)
    spread = response.gain.spread_um
    shown = across != along or spread.transverse != spread.longitudinal
    shown |= any(map(response.is_free, _CONSTANT))
    pixels = response.gain.map is not None or response.has("gain.pixel_spread")
    if shown or pixels or response.integrate_mm == "all":
        return "axis"
    return "none"


def orientations(cell_um: Sequence[float], drift: Drift = "none") -> list[Orientation]:
    """The symmetries of a grid of cells with these edges, the identity first.

    Opposite orientations are neighbours, and swaps of the axes alternate with mirrors: what a
    network sees too far along an axis, or less well along one than along another, averages out in
    the first few. The first 8 of a cube cover every octant.
    """
    orders = [
        order
        for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1), (1, 0, 2), (0, 2, 1), (2, 1, 0))
        if all(cell_um[column] == cell_um[row] for row, column in enumerate(order))
        and (drift == "none" or order[2] == 2)
    ]
    upward = drift == "direction"
    opposite = [
        ((1, *signs), (-1, -signs[0], signs[1] if upward else -signs[1]))
        for signs in product((1, -1), repeat=2)
        if not upward or signs[1] == 1
    ]
    return [
        (orders[(i + i // len(opposite)) % len(orders)], signs)
        for i in range(len(orders) * len(opposite))
        for signs in opposite[i % len(opposite)]
    ]
