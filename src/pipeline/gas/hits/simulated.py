"""Measured events that are made: the hits that a detector would write of simulated tracks.

They pass the whole chain of a response but are not centred in a grid, and events beyond the grid
and noise around it are among them, as in a file of hits.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.seeds import generator
from pipeline.core.tables import Params
from pipeline.gas.config.simulated_hits import Signal, SimulatedHits
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.direction_test import expected_directions
from pipeline.gas.hits.table import HitBatch
from pipeline.gas.response.gain import amplified
from pipeline.gas.response.pixels import Pixels, lit
from pipeline.gas.response.respond import detect
from pipeline.gas.tracks.table import TrackBatch, read_tracks
from pipeline.gas.voxels.binning import random_rotations
from pipeline.physics.solar_neutrinos import recoil_angles

Array = NDArray[np.float64]

FIRST_S = 1767225600.0  # 2026-01-01, seconds since 1970
DAY_S = 86400.0


def simulated_hits(path: str | Path, source: SimulatedHits, part: Params) -> Iterator[HitBatch]:
    """Yield the hits of the tracks in a table; `part` is that of `DetectorPaths.hits_block`."""
    seed, name, grid = part["seed"], part["source"], Grid.model_validate(part["grid"])
    # All parts of a run have the same pixels.
    gains = pixel_gains(source, generator(seed, "pixels", name))
    rng = generator(seed, "hits", name, part["part"])
    for tracks in read_tracks(path):
        yield detected_hits(tracks, source, grid, rng, gains)


def pixel_gains(source: SimulatedHits, rng: np.random.Generator) -> Array | None:
    """Gains of the pixels of a source [nx, ny], of mean 1; None if it has none of its own."""
    if not source.pixels:
        return None
    ones = np.ones(source.pixels[0] * source.pixels[1])
    # The gamma distribution of `pixel_factors`.
    gains = amplified(ones, source.response.gain.pixel_spread * ones, rng)
    return gains.reshape(source.pixels)


def detected_hits(
    tracks: TrackBatch,
    source: SimulatedHits,
    grid: Grid,
    rng: np.random.Generator,
    gains: Array | None = None,
) -> HitBatch:
    """Hits of the tracks that leave any, in random directions and at random times of the run.

    `gains` are those of the pixels [nx, ny]. The grid has the edges of the cells, and noise lies in
    twice its width.
    """
    n, response, pixels = len(tracks), source.response, None
    time_s = np.sort(FIRST_S + DAY_S * source.days * rng.random(n))
    rotation = random_rotations(n, rng)
    if source.signal:
        rotation = with_signal(rotation, tracks, time_s, source.signal, rng)
    if gains is not None:
        response = response.replaced({"gain.pixel_spread": 0})
        pixels = Pixels(gains, lit(gains.shape, 0, n, rng), beside=1.0)
    hits = detect(tracks.electrons, response, grid, rng, rotation, pixels=pixels).hits
    place = np.stack(np.unravel_index(hits.index, (hits.box,) * 3), axis=1) - hits.box // 2
    if pixels:
        place[:, :2] = pixels.under(hits)
    seen = np.flatnonzero(np.diff(hits.offsets) > 0)
    return HitBatch(
        source_event=tracks.source_event[seen],
        offsets=np.append(0, hits.offsets[seen + 1]),
        positions_um=(place + 0.5) * grid.cell_um,
        charge=hits.charge,
        time_s=time_s[seen],
        direction=np.full((len(seen), 3), np.nan, np.float32),
    )


def with_signal(
    rotation: Array, tracks: TrackBatch, time_s: Array, signal: Signal, rng: np.random.Generator
) -> Array:
    """Rotations [n, 3, 3] of the tracks of which a share, drawn at random, is turned to signal."""
    preferred = expected_directions(time_s, signal)
    chosen = rng.random(len(tracks)) < signal.share
    cosine = np.ones(len(tracks))
    if signal.site:
        for energy_keV in np.unique(tracks.energy_keV):
            same = tracks.energy_keV == energy_keV
            cosine[same] = recoil_angles(float(energy_keV)).draw(int(same.sum()), rng)
    recoil = np.einsum("nij,nj->ni", rotation, tracks.direction.astype(np.float64))
    turned = turned_onto(recoil, about(preferred, cosine, rng)) @ rotation
    return np.where(chosen[:, None, None], turned, rotation)


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
