"""Silver filaments: what grows on a developed crystal, as straight segments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.emulsion.clusters.grains import Grains
from pipeline.emulsion.config.detector import Development, Light


@dataclass(frozen=True)
class Segments:
    """Segments of the filaments of n clusters; those of i are rows offsets[i]:offsets[i+1]."""

    offsets: NDArray[np.int64]  # [n + 1]
    middles: NDArray[np.float64]  # [s, 3], nm
    directions: NDArray[np.float64]  # [s, 3], unit vectors
    amplitudes: NDArray[np.float64]  # [s], amplitude of the scattered light


def grow(grains: Grains, settings: Development, light: Light, rng: np.random.Generator) -> Segments:
    """Grow the filaments of all grains.

    A filament starts at a random point of its crystal's surface; its first segment points outwards,
    the others in random directions, each from the end of the one before.
    """
    grain = np.repeat(np.arange(len(grains.radii)), grains.filaments)
    outwards = isotropic(len(grain), rng)
    start = grains.centres[grain] + grains.radii[grain, None] * outwards
    gain = np.exp(light.filament_spread * rng.standard_normal(len(grain)))
    number = np.minimum(
        1 + rng.poisson(settings.further_segments, len(grain)), settings.max_segments
    )
    ends = np.cumsum(number)
    first = ends - number
    filament = np.repeat(np.arange(len(grain)), number)
    direction = isotropic(len(filament), rng)
    direction[first] = outwards
    length = _lengths(len(filament), settings, rng)
    # Ends of segments, relative to the start of the first filament, then of their own.
    walk = np.cumsum(direction * length[:, None], axis=0)
    steps = direction * length[:, None]
    walk -= (walk[first] - steps[first])[filament]
    amplitude = gain[filament] * length / light.segment_nm
    amplitude *= np.exp(light.segment_spread * rng.standard_normal(len(filament)))
    filaments_before = np.concatenate([[0], np.cumsum(grains.filaments)])
    segments_before = np.concatenate([[0], ends])
    return Segments(
        segments_before[filaments_before[grains.offsets]],
        start[filament] + walk - steps / 2,
        direction,
        amplitude,
    )


def isotropic(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """n isotropic unit vectors, [n, 3]."""
    vectors = rng.standard_normal((n, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _lengths(n: int, settings: Development, rng: np.random.Generator) -> NDArray[np.float64]:
    """Normal lengths [nm], drawn again where they are outside the limits."""
    low, high = settings.segment_limits_nm
    length = np.full(n, np.inf)
    while len(again := np.flatnonzero((length < low) | (length > high))):
        length[again] = rng.normal(settings.segment_nm, settings.segment_spread_nm, len(again))
    return length
