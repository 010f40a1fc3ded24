"""Arrows: uniformly filled shaft and conical head (Ghrear et al. 2024, appendix B)."""

from collections.abc import Iterator

import numpy as np

from pipeline.gas.config.sources import Arrows
from pipeline.gas.tracks.raw import BATCH_EVENTS, RawBatch


def make_arrows(shape: Arrows, rng: np.random.Generator) -> Iterator[RawBatch]:
    """Yield the arrows in batches.

    They lie along +z with their tails at the origin and are filled uniformly.

    The height h in the cone is drawn from the share of its volume above h, (1 - h/length)^3, and
    the radius from the share of the disc within r, which is proportional to r^2.

    >>> (arrows,) = make_arrows(Arrows(kind="arrows", events=2), np.random.default_rng(1))
    >>> arrows.positions_um.shape
    (4000, 3)
    """
    shaft_volume = shape.shaft_radius_um**2 * shape.shaft_length_um
    head_volume = shape.head_radius_um**2 * shape.head_length_um / 3
    for first in range(0, shape.events, BATCH_EVENTS):
        events = min(BATCH_EVENTS, shape.events - first)
        total = events * shape.points
        in_head = rng.random(total) < head_volume / (shaft_volume + head_volume)
        rest = np.cbrt(rng.random(total))  # 1 at the head's base, 0 at its tip
        z = np.where(
            in_head,
            shape.shaft_length_um + shape.head_length_um * (1 - rest),
            shape.shaft_length_um * rng.random(total),
        )
        radius = np.where(in_head, shape.head_radius_um * rest, shape.shaft_radius_um)
        r = radius * np.sqrt(rng.random(total))
        phi = 2 * np.pi * rng.random(total)
        positions = np.stack([r * np.cos(phi), r * np.sin(phi), z], axis=1)
        yield RawBatch(
            source_event=first + np.arange(events),
            offsets=np.arange(events + 1) * shape.points,
            positions_um=positions.astype(np.float32),
        )
