import numpy as np
import pytest
from scipy.special import eval_legendre

from pipeline.physics import angular_density as density
from pipeline.statistics.directional.vmf import mean_cosine


@pytest.mark.parametrize("kappa", [1e-3, 0.5, 5.0, 443.0])
def test_vmf_series_is_the_closed_form(kappa):
    cosine = np.linspace(-1, 1, 201)
    means = density.vmf_legendre(kappa, 200)[0]
    # 4 pi kappa / (4 pi sinh kappa) exp(kappa x)
    closed = 2 * kappa * np.exp(kappa * (cosine - 1)) / -np.expm1(-2 * kappa)
    assert density.relative_density(means, cosine) == pytest.approx(closed, rel=1e-6, abs=1e-6)
    assert means[1] == pytest.approx(mean_cosine(kappa))


def test_mean_cosine_is_smooth_through_its_series():
    assert mean_cosine(0.0) == 0
    assert mean_cosine(np.array([0.00999, 0.01001])) == pytest.approx(
        [0.00999 / 3, 0.01001 / 3], rel=1e-4
    )


def test_legendre_means_agree_with_scipy(rng):
    cosine, weight = rng.uniform(-1, 1, 500), rng.dirichlet(np.ones(500))
    expected = [weight @ eval_legendre(degree, cosine) for degree in range(31)]
    assert density.legendre_means(cosine, weight, 30) == pytest.approx(expected, abs=1e-12)


def test_blurring_multiplies_the_means(rng):
    """Rotate directions of known polar angle by known angles: means are products."""
    n, degree = 200_000, 3
    alpha, theta = rng.uniform(0.2, 0.9, n), rng.uniform(-0.5, 1, n)
    across = np.sqrt((1 - alpha**2) * (1 - theta**2)) * np.cos(rng.uniform(0, 2 * np.pi, n))
    weight = np.full(n, 1 / n)
    blurred = density.legendre_means(alpha * theta + across, weight, degree)
    product = density.legendre_means(alpha, weight, degree) * density.legendre_means(
        theta, weight, degree
    )
    assert blurred == pytest.approx(product, abs=5 / np.sqrt(n))
