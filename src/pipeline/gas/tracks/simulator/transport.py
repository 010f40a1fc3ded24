"""Tracks of electrons that stop in a gas, collision by collision.

An analogue Monte Carlo: every elastic, ionising and exciting collision of every electron above
200 eV is simulated, with the cross sections of `cross_sections`. Each slower electron is replaced
by a small cloud of ionisation. A K-shell vacancy emits an Auger electron or, rarely, a photon that
frees electrons millimetres away: at 50 keV, 2 % of the tracks have such a cluster. Bremsstrahlung
and attachment are not simulated: in Degrad's events at 40-50 keV, bremsstrahlung affects about
0.15 % of the tracks, and attachment 0.5 % of the electrons.

The deflection in inelastic collisions determines how straight the tracks are. There are two models.
"kinematic": a binary encounter with a free electron at rest, and no deflection by excitation; the
tracks are much straighter than Degrad's. "degrad" (default): as in Degrad (S. F. Biagi), the
primary is deflected in every inelastic collision as in an elastic one on the same molecule
(`cross_sections.screening`), and the secondary goes to the opposite azimuth at the angle that
balances transverse momentum, at most 90 degrees. This is a convention, not physics from first
principles. It is the default because Degrad's tracks are the reference for this detector.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.gas.config.sources import SIMULATED_KEV
from pipeline.gas.tracks.simulator.cross_sections import (
    ELECTRON_EV,
    LIGHT_UM_PER_PS,
    SHARING_POWER,
)
from pipeline.gas.tracks.simulator.gas import Gas
from pipeline.gas.tracks.simulator.tables import (
    ELASTIC,
    ENERGIES,
    IONISATION,
    MAX_ENERGY_EV,
    MIN_ENERGY_EV,
    CollisionTables,
    collision_tables,
)
from pipeline.physics.directions import azimuth, isotropic, turn

DEFLECTIONS = ("degrad", "kinematic")
SLOW_EV = 200.0
BATCH_EVENTS = 256

# Cloud of a slow electron: its distance ahead and its sigma per axis in CSDA ranges, the diffusion
# until the electrons are thermal, and the Fano factor of its number of electrons. Adjusted to
# Degrad's distribution of pair distances below 0.1 mm and its spread of the number of electrons.
CLOUD_RANGES = 0.3
CLOUD_UM = 2.8
SLOW_FANO = 0.4

_STACK = 1024  # a 100 keV electron cannot free more than 500 above SLOW_EV
_LN_MIN = math.log(MIN_ENERGY_EV)
_ROWS_PER_LN = (ENERGIES - 1) / math.log(MAX_ENERGY_EV / MIN_ENERGY_EV)


def simulate_tracks(
    gas: Gas, energy_keV: float, events: int, rng: np.random.Generator, deflection: str = "degrad"
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """Ionisation electrons of `events` recoils that start at the origin along +z.

    Returns offsets [events+1] that delimit the tracks, positions [N, 3] in micrometres and times
    [N] in picoseconds since the start (time of flight, without the last micrometres of slow
    electrons). `deflection` is "degrad" or "kinematic", see the module. The result depends only on
    the state of `rng`. Raises ValueError for energies outside 10-100 keV, a negative number of
    events or an unknown deflection.
    """
    low_keV, high_keV = SIMULATED_KEV
    if not low_keV <= energy_keV <= high_keV:
        raise ValueError(
            f"track energy {energy_keV} keV is outside {low_keV:g}-{high_keV:g} keV, "
            "the range of the simulator"
        )
    if deflection not in DEFLECTIONS:
        raise ValueError(
            f"unknown deflection {deflection!r}; choose one of {', '.join(DEFLECTIONS)}"
        )
    if events < 0:
        raise ValueError(f"number of events must not be negative, got {events}")
    tables = collision_tables(gas)
    # Every electron costs at least the lowest ionisation energy.
    most = int(energy_keV * 1e3 / tables.ionisation_eV) + 1
    batch = min(events, BATCH_EVENTS)
    positions = np.empty((batch * most, 3), np.float32)
    times = np.empty(batch * most, np.float32)
    counts = np.zeros(events, np.int64)
    kept_positions, kept_times = [positions[:0].copy()], [times[:0].copy()]
    for start in range(0, events, BATCH_EVENTS):
        done = counts[start : start + BATCH_EVENTS]
        electrons = _simulate(
            tables, energy_keV * 1e3, deflection == "degrad", rng, done, positions, times
        )
        kept_positions.append(positions[:electrons].copy())
        kept_times.append(times[:electrons].copy())
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return offsets, np.concatenate(kept_positions), np.concatenate(kept_times)


@njit(cache=True, error_model="numpy", nogil=True)
def _simulate(  # type: ignore[no-untyped-def]
    tables: CollisionTables, energy_eV, like_elastic, rng, counts, positions, times
):
    """Fill `positions`, `times` with len(counts) tracks one after the other; return the total."""
    stack = np.empty((_STACK, 8))
    total = 0
    for event in range(len(counts)):
        before = total
        stack[0, :] = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, energy_eV, 0.0)
        pending = 1
        while pending > 0:
            pending -= 1
            pending, total = _electron(
                tables, like_elastic, rng, stack, pending, positions, times, total
            )
        counts[event] = total - before
    return total


@njit(cache=True, error_model="numpy")
def _electron(tables, like_elastic, rng, stack, pending, positions, times, total):  # type: ignore[no-untyped-def]
    """Follow the electron stack[pending] until it is slow; push secondaries, store ionisation."""
    x, y, z, u, v, w, energy, time = stack[pending]
    while energy > SLOW_EV:
        row = _row(energy, rng)
        step = tables.mean_free_path_um[row] * rng.standard_exponential()
        x += u * step
        y += v * step
        z += w * step
        time += step * tables.ps_per_um[row]
        process = _pick(tables.cumulative, row, rng.random())
        kind = tables.kind[process]
        cos_phi, sin_phi = azimuth(rng)
        if kind == ELASTIC:
            mu = _elastic_mu(
                tables.eta[row, process],
                tables.amplitude[process, 0],
                tables.amplitude[process, 1],
                tables.alpha_squared[process, 0],
                tables.alpha_squared[process, 1],
                tables.four_k_squared[row],
                tables.beta_squared[row],
                rng,
            )
            u, v, w = turn(u, v, w, 1 - 2 * mu, cos_phi, sin_phi)
            continue
        after = energy - tables.loss_eV[process]
        cosine = 1 - 2 * _wentzel_mu(tables.eta[row, process], rng) if like_elastic else 1.0
        if kind == IONISATION:
            tangent = math.tan(rng.random() * tables.sharing_limit[row, process])
            # Energies are rounded to rows, but the secondary must stay the slower electron.
            secondary = min(tables.sharing_eV[process] * tangent**SHARING_POWER, after / 2)
            after -= secondary
            if like_elastic:
                sine = math.sqrt((1 - cosine * cosine) * _momentum_squared(after))
                sine = min(1.0, sine / math.sqrt(_momentum_squared(secondary)))
                secondary_cosine = math.copysign(math.sqrt(1 - sine * sine), cosine)
            else:
                cosine = _free_cosine(energy, energy - secondary)
                secondary_cosine = _free_cosine(energy, secondary)
            su, sv, sw = turn(u, v, w, secondary_cosine, -cos_phi, -sin_phi)
            if secondary > SLOW_EV:
                stack[pending, :] = (x, y, z, su, sv, sw, secondary, time)
                pending += 1
            else:
                total = _slow(
                    tables, x, y, z, su, sv, sw, secondary, time, rng, positions, times, total
                )
            if tables.auger_eV[process] > 0:
                su, sv, sw = isotropic(u, v, w, rng)
                if rng.random() < tables.fluorescence[process]:
                    path = tables.photon_range_um[process] * rng.standard_exponential()
                    ahead = (x + path * su, y + path * sv, z + path * sw)
                    freed = tables.photon_eV[process] - tables.ionisation_eV
                    su, sv, sw = isotropic(u, v, w, rng)
                    later = time + path / LIGHT_UM_PER_PS
                    stack[pending, :] = (*ahead, su, sv, sw, freed, later)
                else:
                    stack[pending, :] = (x, y, z, su, sv, sw, tables.auger_eV[process], time)
                pending += 1
        u, v, w = turn(u, v, w, cosine, cos_phi, sin_phi)
        energy = after
    total = _slow(tables, x, y, z, u, v, w, energy, time, rng, positions, times, total)
    return pending, total


@njit(cache=True, error_model="numpy")
def _slow(tables, x, y, z, u, v, w, energy, time, rng, positions, times, total):  # type: ignore[no-untyped-def]
    """Store a slow electron and the k electrons it frees, around a point CLOUD_RANGES ranges ahead.

    k is a normal number of mean (E - I)/W' and Fano factor SLOW_FANO, rounded without bias.
    """
    further = 0
    if energy > tables.ionisation_eV:
        mean = (energy - tables.ionisation_eV) / tables.slow_pair_eV
        number = mean + math.sqrt(SLOW_FANO * mean) * rng.standard_normal()
        most = int(energy / tables.ionisation_eV)
        further = min(max(math.floor(number + rng.random()), 0), most)
    reach = CLOUD_RANGES * tables.csda_range_um[_row(max(energy, MIN_ENERGY_EV), rng)]
    sigma = math.sqrt(reach * reach + CLOUD_UM * CLOUD_UM)
    for _ in range(1 + further):
        positions[total, 0] = x + reach * u + sigma * rng.standard_normal()
        positions[total, 1] = y + reach * v + sigma * rng.standard_normal()
        positions[total, 2] = z + reach * w + sigma * rng.standard_normal()
        times[total] = time
        total += 1
    return total


@njit(cache=True, error_model="numpy")
def _row(energy, rng):  # type: ignore[no-untyped-def]
    """One of the two rows next to `energy`, at random, so that the mean interpolates in ln T."""
    position = (math.log(energy) - _LN_MIN) * _ROWS_PER_LN
    return min(int(position + rng.random()), ENERGIES - 1)


@njit(cache=True, error_model="numpy")
def _pick(cumulative, row, number):  # type: ignore[no-untyped-def]
    process = 0
    while cumulative[row, process] < number:
        process += 1
    return process


@njit(cache=True, error_model="numpy")
def _wentzel_mu(eta, rng):  # type: ignore[no-untyped-def]
    r = rng.random()
    return eta * r / (1 + eta - r)


@njit(cache=True, error_model="numpy")
def _elastic_mu(eta, a1, a2, alpha1_squared, alpha2_squared, four_k_squared, beta_squared, rng):  # type: ignore[no-untyped-def]
    """Sample (1 - cos theta)/2 from `cross_sections.elastic_density`.

    Samples the Wentzel law of the second Yukawa term and accepts with the squared ratio of the
    whole field to that term. The ratio changes monotonically from its value at q = 0 to 1.
    """
    at_rest = a2 + a1 * alpha2_squared / alpha1_squared
    bound = max(at_rest * at_rest, 1.0)
    while True:
        mu = _wentzel_mu(eta, rng)
        q_squared = four_k_squared * mu
        ratio = a2 + a1 * (q_squared + alpha2_squared) / (q_squared + alpha1_squared)
        if rng.random() * bound < ratio * ratio * (1 - beta_squared * mu):
            return mu


@njit(cache=True, error_model="numpy")
def _momentum_squared(energy):  # type: ignore[no-untyped-def]
    """(pc)^2 [eV^2]."""
    return energy * (energy + 2 * ELECTRON_EV)


@njit(cache=True, error_model="numpy")
def _free_cosine(before, after):  # type: ignore[no-untyped-def]
    """Cosine of the angle at which an electron of energy `after` leaves a binary encounter."""
    return math.sqrt(after * (before + 2 * ELECTRON_EV) / (before * (after + 2 * ELECTRON_EV)))
