"""Uniform random positions in a cylinder of liquid."""

import numpy as np

from pipeline.xenon.config.detector import Geometry


def uniform_disc(
    radius_cm: float, events: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw x and y [cm] uniformly over a disc, float64 [events] each."""
    r = radius_cm * np.sqrt(rng.random(events))  # the area within r scales as r^2
    phi = 2 * np.pi * rng.random(events)
    return r * np.cos(phi), r * np.sin(phi)


def uniform_fiducial(
    geometry: Geometry, events: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw x, y and depth [cm] uniformly in the fiducial volume, float64 [events] each."""
    x, y = uniform_disc(geometry.fiducial_radius_cm, events, rng)
    depth = rng.uniform(geometry.fiducial_top_cm, geometry.fiducial_bottom_cm, events)
    return x, y, depth
