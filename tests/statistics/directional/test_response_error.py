"""Error of the needed recoils from the finite number of test tracks."""

import numpy as np
import pytest

from pipeline.physics.angular_density import legendre_means
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.response_error import response_errors
from pipeline.statistics.directional.spectrum import spectrum
from pipeline.statistics.directional.statistics import increments

# The spread of 200 replicas is good to 5 %.
CLOSE = 0.2


def errors(response, recoils, rng, fractions=(0.3,)):
    table = increments(response, recoils, fractions)
    return response_errors(response, recoils, table, fractions, rng)


@pytest.fixture
def response(rng, vmf_cosines):
    """3000 of 5000 recoils pass."""
    kappa = np.exp(rng.normal(np.log(5), 1.0, 3000))
    return Response(vmf_cosines(kappa), kappa, 0.6)


def test_dipole_has_the_error_of_the_mean_cosine_and_of_the_efficiency(response, signal, rng):
    """Recoils are proportional to 1 / (efficiency d^2), d the mean of w cos over the rms of w."""
    cosine, weight = response.cos_theta, 1 / np.tanh(response.kappa) - 1 / response.kappa
    passing = (1 - 0.6) / (5000 * 0.6)
    found = errors(response, signal, rng, (0.1, 1.0))
    plain = passing + np.var(2 * cosine / cosine.mean()) / 3000
    assert found["dipole"] == pytest.approx(np.sqrt([plain, plain]), rel=CLOSE)
    own = np.var(2 * weight * cosine / np.mean(weight * cosine) - weight**2 / np.mean(weight**2))
    assert found["dipole_kappa"] == pytest.approx(np.sqrt(passing + own / 3000), rel=CLOSE)


def test_likelihood_has_the_error_of_the_squared_contrast(response, signal, rng):
    """For a weak signal recoils are proportional to 1 / (efficiency mean of (r - 1)^2)."""
    recoil = signal.angles[0].legendre(60)
    n = len(response.cos_theta)
    blur = legendre_means(response.cos_theta, np.full(n, 1 / n), 60)
    terms = np.polynomial.legendre.legvander(response.cos_theta, 60)
    contrast = terms[:, 1:] @ ((2 * np.arange(61) + 1) * recoil**2 * blur)[1:]
    expected = np.sqrt(0.4 / 3000 + np.var(2 * contrast / contrast.mean()) / n)
    found = errors(response, signal, rng, (0.01,))
    assert found["likelihood"] == pytest.approx(expected, rel=CLOSE)
    assert found["profile"] == found["likelihood"]
    assert 0 < found["likelihood_kappa"][0] < 2 * expected


def test_it_is_the_spread_of_other_tracks(signal, rng, vmf_cosines):
    """The dipole of samples of 300 tracks of one kappa."""
    kappa = np.full(300, 3.0)
    means = [vmf_cosines(kappa).mean() for _ in range(300)]
    found = errors(Response(vmf_cosines(kappa), None, 1.0), signal, rng)
    assert found["dipole"] == pytest.approx(2 * np.std(np.log(means)), rel=0.3)
    assert set(found) == {"dipole", "likelihood", "profile"}


def test_a_perfect_detector_has_that_of_containment(rng):
    found = errors(Response.perfect((600,), (800,)), spectrum([40.0]), rng)
    for error in found.values():
        assert error == pytest.approx(np.sqrt(0.25 / 600), rel=CLOSE)
    whole = errors(Response.perfect((600, 10), (600, 10)), spectrum([40.0, 60.0]), rng)
    assert all(error == pytest.approx(0, abs=1e-9) for error in whole.values())


def test_energies_without_a_passing_event_do_no_harm(response, rng):
    some = Response(response.cos_theta, None, np.array([0.6, 0.0]), events=np.array([3000, 0]))
    found = errors(some, spectrum([40.0, 60.0]), rng)
    alone = errors(Response(response.cos_theta, None, 0.6), spectrum([40.0]), rng)
    assert found["dipole"] == pytest.approx(alone["dipole"], rel=CLOSE)
