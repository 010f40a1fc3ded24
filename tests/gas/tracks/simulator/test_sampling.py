"""The samplers of single collisions against the distributions they stand for."""

import math

import numpy as np
import pytest
from numba import njit

from pipeline.gas.tracks.simulator import cross_sections as xs
from pipeline.gas.tracks.simulator import transport
from pipeline.gas.tracks.simulator.gas import CARBON, HELIUM, Atom

SAMPLES = 200_000


@njit
def _many_mu(samples, eta, atom, four_k_squared, beta_squared, rng):  # type: ignore[no-untyped-def]
    out = np.empty(samples)
    for i in range(samples):
        out[i] = transport._elastic_mu(
            eta, atom[0], atom[1], atom[2], atom[3], four_k_squared, beta_squared, rng
        )
    return out


@pytest.mark.parametrize("atom", [HELIUM, CARBON], ids=["He", "C"])
@pytest.mark.parametrize("energy_eV", [300.0, 2e4])
def test_elastic_angles_follow_the_differential_cross_section(atom: Atom, energy_eV: float) -> None:
    energy = np.array(energy_eV)
    four_k_squared = 4 * float(xs.wave_number_squared(energy))
    parameters = (*atom.amplitudes, *(alpha**2 for alpha in atom.alphas))
    eta = atom.alphas[1] ** 2 / four_k_squared
    beta2 = float(xs.beta_squared(energy))
    mu = _many_mu(SAMPLES, eta, parameters, four_k_squared, beta2, np.random.default_rng(1))
    total, transfer = xs.elastic_moments(atom, energy)
    error = mu.std() / math.sqrt(SAMPLES)
    assert mu.mean() == pytest.approx(transfer / total / 2, abs=5 * error)
    # The median too: half of the cross section lies below it.
    grid = np.geomspace(eta * 1e-6, np.median(mu), 20_001)
    below = np.trapezoid(xs.elastic_density(atom, energy, grid), grid)
    assert below / total == pytest.approx(0.5, abs=5 / math.sqrt(SAMPLES))


def test_free_collision_conserves_momentum() -> None:
    energy, transferred = 3e4, 4e3
    p = [math.sqrt(transport._momentum_squared(e)) for e in (energy, energy - transferred, 4e3)]
    cosines = [transport._free_cosine(energy, e) for e in (energy - transferred, transferred)]
    assert p[1] * cosines[0] + p[2] * cosines[1] == pytest.approx(p[0])
    sines = [math.sqrt(1 - c * c) for c in cosines]
    assert p[1] * sines[0] == pytest.approx(p[2] * sines[1])
