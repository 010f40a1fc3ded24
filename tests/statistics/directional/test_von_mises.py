import numpy as np
import pytest
from scipy import integrate, stats

from pipeline.statistics.directional.von_mises import (
    axial_density,
    cosine_variance,
    fit_axial_kappa,
    mean_cosine,
)

# Both sides of the switch at 1e-3 too.
KAPPAS = [1e-5, 9e-4, 1.1e-3, 0.3, 1.0, 7.0, 60.0]


@pytest.mark.parametrize("kappa", KAPPAS)
def test_moments_are_those_of_scipy(kappa):
    circle = stats.vonmises(kappa)
    mean = circle.expect(np.cos)
    assert mean_cosine(kappa) == pytest.approx(mean, rel=1e-7)
    variance = circle.expect(lambda x: np.cos(x) ** 2) - mean**2
    assert cosine_variance(kappa) == pytest.approx(variance, rel=1e-5)


@pytest.mark.parametrize("kappa", [0.0, 0.3, 7.0, 900.0])
def test_axial_density_integrates_to_one_over_half_a_turn(kappa):
    total, _ = integrate.quad(axial_density, -np.pi / 2, np.pi / 2, args=(kappa,), points=[0.0])
    assert total == pytest.approx(1, rel=1e-9)
    assert axial_density(0.4, kappa) == pytest.approx(float(axial_density(0.4 + np.pi, kappa)))


@pytest.mark.parametrize("kappa", [0.2, 1.5, 20.0])
def test_fit_finds_the_kappa_of_axes_with_its_error(rng, kappa):
    """Axes at random ends; kappa is that of the doubled angle."""
    n = 20_000
    angles = rng.vonmises(0, kappa, n) / 2 + np.pi * rng.integers(0, 2, n)
    found, error = fit_axial_kappa(angles)
    assert found == pytest.approx(kappa, abs=4 * error)
    few = [fit_axial_kappa(part)[0] for part in np.split(angles, 100)]
    assert np.std(few) / (10 * error) == pytest.approx(1, abs=0.25)


def test_axes_across_have_no_concentration():
    kappa, error = fit_axial_kappa(np.full(50, np.pi / 2))
    assert kappa == 0
    assert error == pytest.approx((50 / 2) ** -0.5)
