"""Positions spread evenly over a cylinder of liquid."""

import numpy as np

from pipeline.xenon.config.detector import Geometry


def uniform_disc(
    radius_cm: float, events: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """x and y [cm], float64 [events] each; the part of a disc within r scales as r^2."""
    r = radius_cm * np.sqrt(rng.random(events))
    phi = 2 * np.pi * rng.random(events)
    return r * np.cos(phi), r * np.sin(phi)


def uniform_fiducial(
    geometry: Geometry, events: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y and depth [cm] in the fiducial volume, float64 [events] each."""
    x, y = uniform_disc(geometry.fiducial_radius_cm, events, rng)
    depth = rng.uniform(geometry.fiducial_top_cm, geometry.fiducial_bottom_cm, events)
    return x, y, depth
