"""Crystals in a periodic box: random packing, and look-up of the crystal at a point."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipeline.emulsion.config.detector import Crystals

BOX_NM = 1000.0
VOXEL_NM = 5.0
OVERLAP_NM = 0.1  # largest overlap that remains
MARGIN_NM = 10.0  # gap up to which pairs are looked at in one round
SWEEPS = 20  # times that the pairs of a round are pushed apart
MAX_ROUNDS = 100
MAX_HITS = 128  # crystals that one particle can hit


class Packing(NamedTuple):
    """Spheres in a periodic box of edge `BOX_NM`."""

    centres: NDArray[np.float64]  # [n, 3], in [0, BOX_NM)
    radii: NDArray[np.float64]  # [n]
    voxels: NDArray[np.int16]  # [m, m, m], sphere that holds the voxel's centre; -1: gelatin


@dataclass(frozen=True)
class Hits:
    """Crystals hit by n particles; those of particle i are rows offsets[i]:offsets[i+1]."""

    offsets: NDArray[np.int64]  # [n + 1]
    centres: NDArray[np.float64]  # [h, 3], nm
    radii: NDArray[np.float64]  # [h], nm
    energies: NDArray[np.float64]  # [h], deposited energy, keV


def pack(settings: Crystals, rng: np.random.Generator) -> Packing:
    """Place spheres at random and push overlapping ones apart until no overlap remains.

    Raises:
        ValueError: the packing does not converge.
    """
    n = round(settings.per_um3 * (BOX_NM / 1000) ** 3)
    radii = rng.normal(settings.diameter_nm, settings.diameter_spread_nm, n) / 2
    centres = rng.random((n, 3)) * BOX_NM
    for _ in range(MAX_ROUNDS):
        tree = cKDTree(centres, boxsize=np.full(3, BOX_NM))
        pairs = tree.query_pairs(2 * radii.max() + MARGIN_NM, output_type="ndarray")
        if _push_apart(centres, radii, pairs, SWEEPS) == 0:
            return Packing(centres, radii, _voxels(centres, radii))
        centres %= BOX_NM
    raise ValueError(
        f"crystals: {n} spheres that fill {settings.fill:.0%} of the volume could not be packed "
        f"in {MAX_ROUNDS} rounds; reduce per_um3 or diameter_nm"
    )


@njit(cache=True, error_model="numpy")
def _push_apart(centres, radii, pairs, sweeps):  # type: ignore[no-untyped-def]
    """Push the overlapping ones of `pairs` apart, in `centres`; return their number at first."""
    apart = np.empty(3)
    found = 0
    for sweep in range(sweeps):
        moved = False
        for pair in range(len(pairs)):
            first, second = pairs[pair]
            square = 0.0
            for axis in range(len(apart)):
                gap = centres[first, axis] - centres[second, axis]
                apart[axis] = gap - BOX_NM * np.round(gap / BOX_NM)
                square += apart[axis] ** 2
            distance = np.sqrt(square)
            overlap = radii[first] + radii[second] - distance
            if overlap <= OVERLAP_NM:
                continue
            moved = True
            if sweep == 0:
                found += 1
            for axis in range(len(apart)):
                push = apart[axis] * overlap / (2 * distance)
                centres[first, axis] += push
                centres[second, axis] -= push
        if not moved:
            break
    return found


def _voxels(centres: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.int16]:
    edge = round(BOX_NM / VOXEL_NM)
    voxels = np.full((edge, edge, edge), -1, np.int16)
    _fill(voxels, centres / VOXEL_NM, radii / VOXEL_NM)
    return voxels


@njit(cache=True, error_model="numpy")
def _fill(voxels, centres, radii):  # type: ignore[no-untyped-def]
    """Mark the voxels of each sphere; lengths in voxels, whose centres are at halves."""
    edge = voxels.shape[0]
    for sphere in range(len(radii)):
        x, y, z = centres[sphere]
        r = radii[sphere]
        for i in range(int(np.floor(x - r)), int(np.ceil(x + r))):
            for j in range(int(np.floor(y - r)), int(np.ceil(y + r))):
                for k in range(int(np.floor(z - r)), int(np.ceil(z + r))):
                    square = (i + 0.5 - x) ** 2 + (j + 0.5 - y) ** 2 + (k + 0.5 - z) ** 2
                    if square <= r * r:
                        voxels[i % edge, j % edge, k % edge] = sphere


@njit(cache=True, error_model="numpy")
def crystal_at(voxels, x, y, z):  # type: ignore[no-untyped-def]
    """Number of the crystal at a point [nm] of the periodic box; -1 in gelatin."""
    edge = voxels.shape[0]
    return voxels[_voxel(x, edge), _voxel(y, edge), _voxel(z, edge)]


@njit(cache=True, error_model="numpy")
def _voxel(place, edge):  # type: ignore[no-untyped-def]
    boxes = place * (1 / BOX_NM)
    return min(int((boxes - np.floor(boxes)) * edge), edge - 1)


@njit(cache=True, error_model="numpy")
def deposit(packing, crystal, x, y, z, energy, hits, first, last):  # type: ignore[no-untyped-def]
    """Add an energy to the crystal at a point; return the end of the particle's hits.

    Rows first:last of `hits` [m, 5] are the particle's hits so far: crystal, centre, energy. The
    same crystal in another copy of the box is another hit.
    """
    for row in range(last - 1, first - 1, -1):
        if (
            hits[row, 0] == crystal
            and abs(hits[row, 1] - x) < BOX_NM / 2
            and abs(hits[row, 2] - y) < BOX_NM / 2
            and abs(hits[row, 3] - z) < BOX_NM / 2
        ):
            hits[row, 4] += energy
            return last
    if last - first == MAX_HITS:
        raise ValueError("a particle hits too many crystals; reduce its energy")
    hits[last, 0] = crystal
    for axis, place in enumerate((x, y, z)):
        centre = packing.centres[crystal, axis]
        hits[last, 1 + axis] = centre + BOX_NM * np.round((place - centre) / BOX_NM)
    hits[last, 4] = energy
    return last + 1


def hits_of(
    particles: int,
    packing: Packing,
    follow: Callable[[NDArray[np.float64], NDArray[np.int64]], None],
) -> Hits:
    """Hits of n particles; `follow` fills the rows of `deposit`, and offsets [n + 1] from 0."""
    rows = np.empty((particles * MAX_HITS, 5))
    offsets = np.zeros(particles + 1, np.int64)
    follow(rows, offsets)
    rows = rows[: offsets[-1]].copy()
    return Hits(offsets, rows[:, 1:4], packing.radii[rows[:, 0].astype(np.int64)], rows[:, 4])
