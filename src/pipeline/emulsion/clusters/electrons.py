"""Slow electrons from gamma rays, in gelatin and crystals.

A Compton electron is minimum ionising over most of its path: what develops crystals are its delta
rays and its end. Slow electrons lose energy by the modified Bethe law of D. C. Joy and S. Luo
(Scanning 11 (1989) 176) and scatter by the screened Rutherford cross section, both as in D. C. Joy,
Monte Carlo Modeling for Electron Microscopy and Microanalysis (1995), chapters 2 and 3.
"""

import math
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.emulsion.clusters.crystals import Hits, Packing, crystal_at, deposit, hits_of
from pipeline.emulsion.clusters.media import CRYSTAL, GELATIN, Medium
from pipeline.emulsion.elements import NIT_G_PER_CM3
from pipeline.physics.directions import azimuth, turn

ELECTRON_KEV = 510.999
STOP_KEV = 0.1
MAX_KEV = 20.0
MAX_STEP_NM = 5.0
ROWS = 2048

# Mean energies of Compton electrons [keV].
COMPTON_KEV = {"Co60": 590.0, "Cs137": 250.0}
DELTA_KEV_PER_CM = 230.0  # density of delta rays per path and 1/E at beta = 1, in NIT


class ElectronTables(NamedTuple):
    """Rows of the root of the energy, for gelatin (medium 0) and crystals (medium 1)."""

    stopping: NDArray[np.float64]  # [ROWS, m], keV/nm
    free_path_nm: NDArray[np.float64]  # [ROWS, m], between elastic collisions
    cumulative: NDArray[np.float64]  # [ROWS, m, t], elements in elastic collisions
    screening: NDArray[np.float64]  # [m, t], screening parameter times the energy, keV


def end_probability(source: str, low_keV: float, high_keV: float) -> float:
    """Probability that a slow electron of a gamma source is the end of a Compton electron.

    One over the number of delta rays of low_keV to high_keV along the Katz-Penfold range of an
    electron of the source's mean energy.
    """
    energy_MeV = COMPTON_KEV[source] / 1e3
    range_cm = 0.412 * energy_MeV ** (1.265 - 0.0954 * math.log(energy_MeV)) / NIT_G_PER_CM3
    beta_squared = 1 - 1 / (1 + COMPTON_KEV[source] / ELECTRON_KEV) ** 2
    deltas = DELTA_KEV_PER_CM * range_cm / beta_squared * (1 / low_keV - 1 / high_keV)
    return min(1.0, 1 / deltas)


def electron_energies(
    p_end: float, low_keV: float, high_keV: float, n: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Initial energies [n] in keV: ends of Compton electrons, or delta rays by 1/E^2."""
    u = rng.random(n)
    delta = 1 / ((1 - u) / low_keV + u / high_keV)
    return np.where(rng.random(n) < p_end, high_keV, delta)


def stopping_keV_per_nm(medium: Medium, energy_keV: NDArray[np.float64]) -> NDArray[np.float64]:
    """Stopping power by Joy and Luo, [n] for energies [n]."""
    number, energy = medium.numbers, energy_keV[:, None]
    heavy = 9.76 * number + 58.5 * number**-0.19
    potential_keV = np.where(number < 13, 11.5 * number, heavy) / 1e3
    mass = medium.fractions @ medium.weights
    logarithm = np.log(1.166 * (energy + 0.85 * potential_keV) / potential_keV)
    per_cm = 78_500 * medium.g_per_cm3 / energy_keV
    return np.asarray(per_cm * (logarithm @ (medium.fractions * number)) / mass * 1e-7)


def elastic_per_nm(medium: Medium, energy_keV: NDArray[np.float64]) -> NDArray[np.float64]:
    """Elastic collisions per nm with each element, [n, elements], screened Rutherford."""
    energy = energy_keV[:, None]
    alpha = screening_keV(medium.numbers) / energy
    relativistic = (energy + ELECTRON_KEV) / (energy + 2 * ELECTRON_KEV)
    cm2 = 5.21e-21 * (medium.numbers / energy) ** 2 * relativistic**2
    cm2 = cm2 * 4 * math.pi / (alpha * (1 + alpha))
    return cm2 * 1e14 * medium.atoms_per_nm3 * medium.fractions


def screening_keV(number: NDArray[np.float64]) -> NDArray[np.float64]:
    """Screening parameter of elastic scattering times the energy."""
    return 3.4e-3 * number**0.67


@cache
def electron_tables() -> ElectronTables:
    """The tables of transport."""
    energy = np.linspace(math.sqrt(STOP_KEV), math.sqrt(MAX_KEV), ROWS) ** 2
    media = (GELATIN, CRYSTAL)
    elements = max(len(medium.numbers) for medium in media)
    cumulative, screening = np.ones((ROWS, len(media), elements)), np.ones((len(media), elements))
    free_path = np.empty((ROWS, len(media)))
    for m, medium in enumerate(media):
        rates = elastic_per_nm(medium, energy)
        free_path[:, m] = 1 / rates.sum(axis=1)
        cumulative[:, m, : rates.shape[1] - 1] = (
            np.cumsum(rates, axis=1)[:, :-1] * free_path[:, m, None]
        )
        screening[m, : rates.shape[1]] = screening_keV(medium.numbers)
    stopping = np.stack([stopping_keV_per_nm(medium, energy) for medium in media], axis=1)
    return ElectronTables(stopping, free_path, cumulative, screening)


def electron_hits(
    packing: Packing,
    starts: NDArray[np.float64],
    directions: NDArray[np.float64],
    energies_keV: NDArray[np.float64],
    rng: np.random.Generator,
) -> Hits:
    """Crystals hit by electrons that start at `starts` [n, 3] (nm) along unit vectors."""
    follow = partial(_all, electron_tables(), packing, starts, directions, energies_keV, rng)
    return hits_of(len(starts), packing, follow)


@njit(cache=True, error_model="numpy", nogil=True)
def _all(tables, packing, starts, directions, energies, rng, rows, offsets):  # type: ignore[no-untyped-def]
    for i in range(len(starts)):
        offsets[i + 1] = _transport(
            tables, packing, starts[i], directions[i], energies[i], rng, rows, offsets[i]
        )


@njit(cache=True, error_model="numpy")
def _transport(tables, packing, start, direction, energy, rng, rows, first):  # type: ignore[no-untyped-def]
    """Follow one electron; return the end of its hits, which begin at `first`."""
    x, y, z = start
    u, v, w = direction
    last = first
    per_root = (len(tables.stopping) - 1) / (math.sqrt(MAX_KEV) - math.sqrt(STOP_KEV))
    while energy > 0:
        crystal = crystal_at(packing.voxels, x, y, z)
        m = 1 if crystal >= 0 else 0
        row = int((math.sqrt(energy) - math.sqrt(STOP_KEV)) * per_root + 0.5)
        step = tables.free_path_nm[row, m] * rng.standard_exponential()
        scatters = step < MAX_STEP_NM
        if not scatters:
            step = MAX_STEP_NM
        loss = tables.stopping[row, m] * step
        if energy - loss < STOP_KEV:
            loss = energy  # the rest of the path is short
        if crystal >= 0:
            last = deposit(packing, crystal, x, y, z, loss, rows, first, last)
        energy -= loss
        x += u * step
        y += v * step
        z += w * step
        if scatters and energy > 0:
            t, number = 0, rng.random()
            while tables.cumulative[row, m, t] < number:
                t += 1
            alpha = tables.screening[m, t] / energy
            number = rng.random()
            cosine = 1 - 2 * alpha * number / (1 + alpha - number)
            cos_phi, sin_phi = azimuth(rng)
            u, v, w = turn(u, v, w, cosine, cos_phi, sin_phi)
    return last
