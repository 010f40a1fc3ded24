"""Ions that slow down in the emulsion, collision by collision.

One collision on every N^(-1/3) of the path, N being the number density of atoms; the partner is
drawn by atomic fraction, the impact parameter within a disc of area N^(-2/3). Nuclear scattering is
that of `zbl`; the electronic loss between collisions is that of Lindhard and Scharff (Phys. Rev.
124 (1961) 128). Only the electronic loss acts on crystals. Ions stop at `STOP_KEV`.
"""

import math
from collections.abc import Sequence
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.emulsion.clusters.crystals import (
    MAX_HITS,
    Hits,
    Packing,
    crystal_at,
    deposit,
    hits_of,
)
from pipeline.emulsion.clusters.media import CRYSTAL, GELATIN, MIXTURE, Medium
from pipeline.emulsion.clusters.zbl import (
    BOHR_NM,
    E2_KEV_NM,
    half_angle_sine_squared,
    screening_nm,
)
from pipeline.emulsion.elements import ELEMENTS
from pipeline.physics.directions import azimuth, turn

STOP_KEV = 0.2
DALTON_KEV = 931_494.1
FINE_STRUCTURE = 1 / 137.036  # velocity of Bohr's electron in units of that of light

LN_EPSILON = (math.log(1e-6), math.log(1e3))
MAX_IMPACT = 40.0  # screening lengths
ROWS = 200
MAX_POINTS = 100_000


class IonTables(NamedTuple):
    """What the transport of one ion needs, for each medium [m] and collision partner [t]."""

    step_nm: NDArray[np.float64]  # [m]
    loss: NDArray[np.float64]  # [m], electronic loss of a step over the root of the energy, keV^0.5
    cumulative: NDArray[np.float64]  # [m, t], of the atomic fractions
    ln_epsilon: NDArray[np.float64]  # [m, t], ln of reduced energy over energy [1/keV]
    root_impact: NDArray[np.float64]  # [m, t], root of the largest reduced impact parameter
    transfer: NDArray[np.float64]  # [m, t], largest energy transfer over the energy
    mass_ratio: NDArray[np.float64]  # [m, t], ion over partner
    scattering: NDArray[np.float64]  # [ROWS, ROWS], sin^2(theta/2) by ln epsilon and root of impact


def homogeneous(ion: str) -> IonTables:
    """Tables of an ion in the emulsion as one mixture."""
    return _tables(ion, [MIXTURE])


def two_phases(ion: str) -> IonTables:
    """Tables of an ion in gelatin (medium 0) and crystals (medium 1)."""
    return _tables(ion, [GELATIN, CRYSTAL])


def _tables(ion: str, media: Sequence[Medium]) -> IonTables:
    number, weight = ELEMENTS[ion]
    shape = (len(media), max(len(medium.numbers) for medium in media))
    step = np.array([medium.atoms_per_nm3 ** (-1 / 3) for medium in media])
    loss = np.empty(len(media))
    cumulative, ln_epsilon, root_impact, transfer, mass_ratio = np.ones((5, *shape))
    for m, medium in enumerate(media):
        t = slice(len(medium.numbers))
        a = screening_nm(number, medium.numbers)
        share = medium.weights / (weight + medium.weights)
        unit_keV = number * medium.numbers * E2_KEV_NM / a
        cumulative[m, : len(medium.numbers) - 1] = np.cumsum(medium.fractions)[:-1]
        ln_epsilon[m, t] = np.log(share / unit_keV)
        root_impact[m, t] = np.sqrt(step[m] / math.sqrt(math.pi) / a)
        transfer[m, t] = 4 * share * (1 - share)
        mass_ratio[m, t] = weight / medium.weights
        stopping = medium.fractions @ electronic_stopping(number, weight, medium.numbers)
        loss[m] = stopping * medium.atoms_per_nm3 * step[m]
    return IonTables(
        step, loss, cumulative, ln_epsilon, root_impact, transfer, mass_ratio, _scattering()
    )


def electronic_stopping(
    number: float, weight: float, partners: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Electronic stopping of an atom over the root of the ion's energy [keV^0.5 nm2].

    S_e = 8 pi e^2 a0 Z1^(7/6) Z2 (Z1^(2/3) + Z2^(2/3))^(-3/2) v/v0 (Lindhard and Scharff 1961).
    """
    charge = number ** (7 / 6) * partners / (number ** (2 / 3) + partners ** (2 / 3)) ** 1.5
    velocity = math.sqrt(2 / (weight * DALTON_KEV)) / FINE_STRUCTURE
    return 8 * math.pi * E2_KEV_NM * BOHR_NM * charge * velocity


@cache
def _scattering() -> NDArray[np.float64]:
    epsilon = np.exp(np.linspace(*LN_EPSILON, ROWS))
    impact = np.linspace(0, math.sqrt(MAX_IMPACT), ROWS) ** 2
    return half_angle_sine_squared(epsilon[:, None], impact)


def ion_hits(
    tables: IonTables,
    packing: Packing,
    starts: NDArray[np.float64],
    directions: NDArray[np.float64],
    energy_keV: float,
    rng: np.random.Generator,
) -> Hits:
    """Crystals hit by ions that start at `starts` [n, 3] (nm) along unit vectors `directions`."""
    follow = partial(_all, tables, packing, starts, directions, energy_keV, rng)
    return hits_of(len(starts), packing, follow)


def ion_path(
    tables: IonTables, packing: Packing, energy_keV: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Points [n, 3] (nm) of one ion's path, from the corner of the box along +z."""
    path = np.empty((MAX_POINTS, 3))
    start, direction = np.zeros(3), np.array([0.0, 0.0, 1.0])
    rows = np.empty((MAX_HITS, 5))
    _, points = _transport(tables, packing, start, direction, energy_keV, rng, rows, 0, path)
    return path[:points]


@njit(cache=True, error_model="numpy", nogil=True)
def _all(tables, packing, starts, directions, energy, rng, rows, offsets):  # type: ignore[no-untyped-def]
    path = np.empty((0, 3))
    for i in range(len(starts)):
        offsets[i + 1], _ = _transport(
            tables, packing, starts[i], directions[i], energy, rng, rows, offsets[i], path
        )


@njit(cache=True, error_model="numpy")
def _transport(tables, packing, start, direction, energy, rng, rows, first, path):  # type: ignore[no-untyped-def]
    """Follow one ion; return the end of its hits, which begin at `first`, and its points.

    Points beyond the length of `path` are not recorded.
    """
    x, y, z = start
    u, v, w = direction
    last, points = first, 0
    phases = len(tables.step_nm) > 1
    while energy > STOP_KEV:
        if points < len(path):
            path[points, 0] = x
            path[points, 1] = y
            path[points, 2] = z
            points += 1
        crystal = crystal_at(packing.voxels, x, y, z)
        m = 1 if phases and crystal >= 0 else 0
        loss = min(energy, tables.loss[m] * math.sqrt(energy))
        if crystal >= 0:
            last = deposit(packing, crystal, x, y, z, loss, rows, first, last)
        step = tables.step_nm[m]
        x += u * step
        y += v * step
        z += w * step
        energy -= loss
        if energy <= STOP_KEV:
            break
        t, number = 0, rng.random()
        while tables.cumulative[m, t] < number:
            t += 1
        root_impact = tables.root_impact[m, t] * math.sqrt(math.sqrt(rng.random()))
        half = _interpolate(
            tables.scattering, math.log(energy) + tables.ln_epsilon[m, t], root_impact
        )
        ratio = tables.mass_ratio[m, t]
        cosine = 1 - 2 * half
        norm = math.sqrt(max(1 + 2 * ratio * cosine + ratio * ratio, 1e-12))
        cos_phi, sin_phi = azimuth(rng)
        u, v, w = turn(u, v, w, max(-1.0, min(1.0, (cosine + ratio) / norm)), cos_phi, sin_phi)
        energy *= 1 - tables.transfer[m, t] * half
    return last, points


@njit(cache=True, error_model="numpy")
def _interpolate(table, ln_epsilon, root_impact):  # type: ignore[no-untyped-def]
    """sin^2(theta/2) between the nodes of `IonTables.scattering`; constant outside."""
    rows, columns = table.shape
    low, high = LN_EPSILON
    a = min(max((ln_epsilon - low) / (high - low) * (rows - 1), 0.0), rows - 1.001)
    b = min(root_impact / math.sqrt(MAX_IMPACT) * (columns - 1), columns - 1.001)
    i, j = int(a), int(b)
    a -= i
    b -= j
    return (1 - a) * ((1 - b) * table[i, j] + b * table[i, j + 1]) + a * (
        (1 - b) * table[i + 1, j] + b * table[i + 1, j + 1]
    )
