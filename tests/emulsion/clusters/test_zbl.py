"""Scattering by the universal potential."""

import numpy as np
import pytest

from pipeline.emulsion.clusters import zbl
from pipeline.emulsion.clusters.zbl import half_angle_sine_squared, reduced_stopping, screening_nm


def exact(epsilon, impact, nodes=200):
    """sin^2(theta/2) from the integral over the path, by Gauss-Mehler quadrature."""
    apsis = zbl._apsis(np.full_like(impact, epsilon), impact)
    a = np.cos((2 * np.arange(1, nodes // 2 + 1) - 1) * np.pi / (2 * nodes))
    r = apsis[:, None] / a
    radial = 1 - zbl._potential(r)[0] / epsilon - (impact[:, None] / r) ** 2
    total = np.sqrt((1 - a * a) / radial).sum(axis=1)
    return np.sin(np.pi / 2 * (1 - 2 * impact / (nodes * apsis) * total)) ** 2


@pytest.mark.parametrize("epsilon", [1e-3, 0.01, 0.1, 1, 10])
def test_the_magic_formula_is_close_to_the_exact_angle(epsilon):
    impact = np.linspace(0.01, 1, 50)
    magic = half_angle_sine_squared(epsilon, impact)
    np.testing.assert_allclose(magic, exact(epsilon, impact), rtol=0.05)


@pytest.mark.parametrize("epsilon", [1e-5, 1e-3, 0.01, 0.1, 1, 5])
def test_the_mean_energy_transfer_is_the_nuclear_stopping(epsilon):
    # s_n = epsilon * integral of sin^2(theta/2) d(b^2)
    impact = np.linspace(0, 40, 20_001)
    transfer = half_angle_sine_squared(epsilon, impact)
    stopping = epsilon * np.trapezoid(transfer * 2 * impact, impact)
    assert stopping == pytest.approx(float(reduced_stopping(epsilon)), rel=0.051)


def test_a_fast_ion_scatters_like_rutherford():
    # A bare charge: sin^2(theta/2) = 1/(1 + (2 epsilon b)^2), close to the nucleus.
    impact = np.array([0.001, 0.002, 0.005])
    bare = 1 / (1 + (2 * 300 * impact) ** 2)
    np.testing.assert_allclose(half_angle_sine_squared(300, impact), bare, rtol=0.02)


def test_a_head_on_collision_turns_the_ion_back():
    np.testing.assert_allclose(half_angle_sine_squared([1e-6, 1e-2, 1e3], 0.0), 1.0)


def test_screening_length_of_carbon_in_silver():
    # 0.8854 * 0.052918 nm / (6^0.23 + 47^0.23)
    assert float(screening_nm(6, 47)) == pytest.approx(0.011910, rel=1e-3)
