"""Fitted tails against distributions whose tail is known."""

import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.excess.tail import GAUSSIAN, Tail


def mixed(rng, n):
    """Normal values whose width is uncertain, as of a test in an uncertain response."""
    return rng.normal(size=n) * np.exp(0.3 * rng.normal(size=n))


DRAWN = {
    "gamma": (lambda rng, n: rng.gamma(4, size=n), stats.gamma(4).isf),
    "exponential": (lambda rng, n: rng.exponential(size=n), stats.expon().isf),
    "Weibull": (lambda rng, n: rng.weibull(0.5, n), stats.weibull_min(0.5).isf),
    "normal": (lambda rng, n: rng.normal(size=n), stats.norm().isf),
}


@pytest.mark.parametrize("name", list(DRAWN))
@pytest.mark.parametrize("z", [4.0, 5.0])
def test_levels_beyond_the_toys_are_found_within_their_errors(name, z, rng):
    """500 toys are above the threshold; 4 sigma is three times beyond 10,000 toys, 5 sigma 300."""
    draw, isf = DRAWN[name]
    found = np.array(
        [Tail.of(draw(rng, 10_000)).significance(isf(stats.norm.sf(z))) for _ in range(30)]
    )
    pulls = (found[:, 0] - z) / found[:, 1]
    assert (np.abs(pulls) < 1).mean() > 0.5
    assert (np.abs(pulls) < 2).mean() > 0.85
    assert np.median(found[:, 0]) == pytest.approx(z, abs=0.35)
    assert (found[:, 1] < 0.2 * z).all()


def test_part_of_the_toys_predicts_the_rest(rng):
    """A level of 4 x 10^5 toys from 10^3 of them."""
    toys = mixed(rng, 400_000)
    q = np.quantile(toys, stats.norm.cdf(3.5))
    found = np.array([Tail.of(part).significance(q) for part in toys.reshape(-1, 1000)[:100]])
    pulls = (found[:, 0] - 3.5) / found[:, 1]
    assert (np.abs(pulls) < 1).mean() > 0.6
    assert np.median(found[:, 0]) == pytest.approx(3.5, abs=0.2)


def test_rho_of_known_tails(rng):
    """1 of an exponential, 2 of a Weibull distribution of shape 1/2; the Gaussian limit."""
    for name, expected in (("exponential", 1.0), ("Weibull", 2.0), ("normal", GAUSSIAN)):
        draw, _ = DRAWN[name]
        assert Tail.of(draw(rng, 200_000)).parameters[1] == pytest.approx(expected, abs=0.1)


def test_log_p_at_the_threshold_is_that_of_the_share(rng):
    tail = Tail.of(rng.normal(size=10_000))
    assert tail.log_p(tail.threshold) == pytest.approx(np.log(0.05))


def test_density_is_the_derivative_of_the_probability(rng):
    tail = Tail.of(rng.gamma(4, size=10_000))
    q = np.linspace(tail.threshold, tail.threshold + 60, 20_001)
    assert np.trapezoid(tail.density(q), q) == pytest.approx(0.05, rel=1e-3)
    beyond = q >= q[5000]
    area = np.trapezoid(tail.density(q[beyond]), q[beyond])
    assert area == pytest.approx(np.exp(tail.log_p(q[5000])), rel=1e-3)
    assert tail.density(np.array([tail.threshold - 1])) == 0


def test_far_beyond_the_toys_the_significance_is_a_number(rng):
    """ln p of -650 and less; the error grows with the distance."""
    tail = Tail.of(rng.normal(size=10_000))
    near, far = tail.significance(10.0), tail.significance(40.0)
    assert np.isfinite([*near, *far]).all()
    assert 0.3 < near[1] < far[1]
    assert near[0] == pytest.approx(10.0, abs=2 * near[1])


@pytest.mark.parametrize(
    ("toys", "message"), [(np.arange(20.0), "got 20"), (np.ones(400), "all equal")]
)
def test_no_tail(toys, message):
    with pytest.raises(ValueError, match=message):
        Tail.of(toys)
