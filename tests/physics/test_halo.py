import numpy as np
import pytest
from pydantic import ValidationError
from scipy import integrate, stats

from pipeline.physics.halo import Halo

HALO = Halo()
# Below and above v_esc - v_E = 312 km/s, where not every direction is allowed, and at the end.
SPEEDS = [0.0, 100.0, 300.0, 320.0, 500.0, 700.0, 775.0]


@pytest.mark.parametrize("v_min", SPEEDS)
def test_angles_add_up_to_the_mean_inverse_speed(v_min):
    edge = (v_min - HALO.escape_km_s) / HALO.earth_km_s
    total, _ = integrate.quad(
        lambda c: HALO.angular_density(v_min, c), max(edge, -1), 1, epsabs=0, epsrel=1e-9
    )
    assert total == pytest.approx(float(HALO.mean_inverse_speed(v_min)), rel=1e-7)


@pytest.mark.parametrize("v_min", SPEEDS)
def test_mean_inverse_speed_is_that_of_random_velocities(rng, v_min):
    velocities = rng.normal(0, HALO.v0_km_s / np.sqrt(2), (1_000_000, 3))
    velocities = velocities[np.linalg.norm(velocities, axis=1) < HALO.escape_km_s]
    speeds = np.linalg.norm(velocities - [0, 0, HALO.earth_km_s], axis=1)
    inverse = np.where(speeds > v_min, 1 / speeds, 0.0)
    error = inverse.std() / np.sqrt(len(inverse))
    assert HALO.mean_inverse_speed(v_min) == pytest.approx(inverse.mean(), abs=4.5 * error + 1e-9)


def test_nothing_is_faster_than_the_highest_speed():
    beyond = HALO.highest_speed_km_s + 1
    assert HALO.mean_inverse_speed(beyond) == 0
    assert HALO.angular_density(beyond, np.linspace(-1, 1, 21)).max() == 0


@pytest.mark.parametrize("v_min", SPEEDS)
def test_sampled_cosines_have_the_density(rng, v_min):
    n, edges = 100_000, np.linspace(-1, 1, 21)
    found, _ = np.histogram(HALO.sample_cosines(rng, np.full(n, v_min)), edges)
    fine = np.linspace(-1, 1, 20 * 500 + 1)
    cumulative = integrate.cumulative_trapezoid(HALO.angular_density(v_min, fine), fine, initial=0)
    expected = n * np.diff(cumulative[::500]) / cumulative[-1]
    many = expected > 5
    assert found[expected == 0].sum() == 0
    chi2 = ((found - expected) ** 2 / np.where(many, expected, 1))[many].sum()
    assert stats.chi2.sf(chi2, many.sum() - 1) > 1e-3 or many.sum() == 1


def test_fast_wimps_come_from_cygnus(rng):
    """A recoil that only the fastest WIMPs give points away from Cygnus."""
    slow, fast = (HALO.sample_cosines(rng, np.full(1000, v)).mean() for v in (50.0, 700.0))
    assert 0 < slow < 0.4
    assert fast > 0.8


def test_the_earth_is_slower_than_the_escape_speed():
    with pytest.raises(ValidationError, match=r"earth_km_s \(600\) must be below escape_km_s"):
        Halo(earth_km_s=600)
