"""Hits of a detector with a hidden response, and recoils of which a hidden share is solar."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.gas.config.observed import DirectionTest
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.direction_test import expected_directions
from pipeline.gas.response.respond import respond
from pipeline.gas.tracks.table import TrackBatch
from pipeline.gas.voxels.binning import random_rotations
from pipeline.gas.voxels.shards import voxel_centres
from pipeline.physics.solar_neutrinos import recoil_angles

Array = NDArray[np.float64]

FIRST_S = 1767225600.0  # 2026-01-01, seconds since 1970
DAY_S = 86400.0


def drawn(ranges: Mapping[str, tuple[float, float]], rng: np.random.Generator) -> dict[str, float]:
    """A value from each range, uniform."""
    return {name: float(rng.uniform(*ends)) for name, ends in ranges.items()}


def made_hits(
    tracks: TrackBatch,
    response: Response,
    grid: Grid,
    test: DirectionTest,
    solar_fraction: float,
    days: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One row for each hit: event, x, y, z [um], charge [electrons], time [s since 1970].

    The events have random times in the run. A share of them are recoils of solar neutrinos, the
    others are isotropic.
    """
    n = len(tracks)
    time_s = np.sort(FIRST_S + DAY_S * days * rng.random(n))
    away = expected_directions(time_s, test)
    rotation = random_rotations(n, rng)
    solar = rng.random(n) < solar_fraction
    cosine = recoil_angles(float(tracks.energy_keV[0])).draw(n, rng)
    recoil = np.einsum("nij,nj->ni", rotation, tracks.direction.astype(np.float64))
    turned = turned_onto(recoil, about(away, cosine, rng)) @ rotation
    rotation = np.where(solar[:, None, None], turned, rotation)
    readout = respond(tracks.electrons, response, grid, rng, rotation)
    centres_um = voxel_centres(readout.voxels, grid.bins).astype(np.float64) * grid.cell_um
    number = np.repeat(np.arange(n), np.diff(readout.offsets))
    columns = {"event": number, **dict(zip("xyz", centres_um.T, strict=True))}
    return pd.DataFrame({**columns, "charge": readout.charge, "time": time_s[number]})


def about(axis: Array, cosine: Array, rng: np.random.Generator) -> Array:
    """Unit vectors [n, 3] at these cosines [n] to unit vectors [n, 3], uniform in azimuth."""
    across = np.cross(axis, rng.standard_normal(axis.shape))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    found: Array = cosine[:, None] * axis + np.sqrt(1 - cosine**2)[:, None] * across
    return found


def turned_onto(first: Array, second: Array) -> Array:
    """Rotations [n, 3, 3] by the smallest angle that turns unit vectors [n, 3] onto others.

    I + K + K^2 / (1 + cos), where K v = (first x second) x v: Rodrigues' formula.
    """
    x, y, z = np.cross(first, second).T
    zero = np.zeros_like(x)
    k = np.array([[zero, -z, y], [z, zero, -x], [-y, x, zero]]).transpose(2, 0, 1)
    cosine = np.einsum("ni,ni->n", first, second)
    turn: Array = np.eye(3) + k + k @ k / (1 + cosine)[:, None, None]
    return turn
