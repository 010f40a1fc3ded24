"""Significances by moments against closed forms and toys."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import gamma, norm, skew

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.moments import by_moments, cumulants, gamma_quantile
from pipeline.statistics.excess.response import Response
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores

WIMP = Wimp(mass_GeV=50.0, cross_section_cm2=2.0)
N, B, S = 20_000, 1000, 25


@pytest.fixture(scope="module")
def samples():
    """Background N(0, 1), 500 events a t yr known to 3 %; a signal of 6.25, N(2, 1)."""
    rng = np.random.default_rng(1)
    background = WeightedScores(rng.normal(0, 1, N), np.full(N, B / 2 / N), np.arange(N))
    signal = WeightedScores(rng.normal(2, 1, N), np.full(N, S / 4 / N), N + np.arange(N))
    return Samples.cross_fitted(background, {50.0: signal}, np.array([0.03]))


def found(samples):
    """Significances and errors by test, of 1000 background events and 25 of the signal."""
    table = by_moments(samples, WIMP, 2.0, np.random.default_rng(1)).set_index("test")
    return table["significance"], table["significance_err"]


def test_significances_are_those_of_normal_scores(samples):
    """Gains of the shape: x^2 / 2, whose mean the signal raises by 2, with variance 1 / 2.

    Of the extended likelihood: -ln f0 = x^2 / 2 + ln sqrt(2 pi). The simulated events widen what
    depends on scores by B / N. Skewness moves values of 1 to 2 sigma by a tenth at most.
    """
    z, error = found(samples)
    of_rates = 0.03 * B
    assert z["counting"] == pytest.approx(S / np.sqrt(B + of_rates**2), rel=0.02)
    wider = 1 + B / N
    assert z["shape"] == pytest.approx(2 * S / np.sqrt(B / 2 * wider), rel=0.1)
    mean = 0.5 + np.log(np.sqrt(2 * np.pi))
    width = np.sqrt(B * (mean**2 + wider / 2) + (of_rates * mean) ** 2)
    assert z["anomaly"] == pytest.approx((mean + 2) * S / width, rel=0.04)
    assert z["likelihood_ratio"] > z["shape"]
    assert error["counting"] < 1e-6
    for test in ("anomaly", "shape", "likelihood_ratio"):
        assert 0.001 < error[test] / z[test] < 0.05


def test_errors_fall_with_the_number_of_simulated_events(samples):
    few = Samples.cross_fitted(
        samples.background.part(0, 8), {50.0: samples.signals[50.0].part(0, 8)}, np.array([0.03])
    )
    (_, error), (_, of_few) = found(samples), found(few)
    for test in ("anomaly", "shape"):
        assert of_few[test] / error[test] == pytest.approx(np.sqrt(8), rel=0.35)


def test_a_response_that_moves_the_number_of_events_widens_the_count(samples):
    """ln w = 0.1 theta for all events: 10 % of B in addition, and a mean larger by 0.5 % of B."""
    response = Response.of({("light",): np.full(2 * N, 0.1)})
    z, _ = found(replace(samples, response=response))
    expected = (S - 5) / np.sqrt(B + (0.03 * B) ** 2 + (0.1 * B) ** 2)
    # Skewness 0.3 moves zero by a sixth of it.
    assert z["counting"] == pytest.approx(expected + 0.05, abs=0.03)


def test_cumulants_are_those_of_toys():
    """Two components of uncertain rates, and a response that doubles rare events of high gain."""
    rng, n, toys = np.random.default_rng(2), 1000, 20_000
    rare = np.arange(n) < 10
    components = np.column_stack([np.where(rare, 0.0, 0.3), np.where(rare, 0.2, 0.0)])
    background = WeightedScores(rng.normal(0, 1, n), components)
    response = Response.of({("light",): np.where(rare, 0.5, 0.02)})
    densities = Samples.cross_fitted(background, {}).densities
    samples = Samples(densities, background, {}, np.array([0.02, 0.2]), response)
    gain = np.column_stack([np.where(rare, 6.0, 0.05), np.ones(n)])
    change = response.draw(rng, toys).weights(background.event) - 1
    mean, variance, third = cumulants(gain, components, components.sum(axis=1), samples, change)
    _, sums = samples.draw_uncertain(rng, 1.0, gain, toys)
    expected = components.sum(axis=1) @ gain
    error = np.sqrt(variance / toys)
    assert (abs(sums.mean(axis=0) - expected - mean) < 4 * error).all()
    np.testing.assert_allclose(sums.var(axis=0), variance, rtol=0.05)
    of_toys = 3 * np.sqrt(6 / toys)  # error of a skewness
    np.testing.assert_allclose(skew(sums), third / variance**1.5, rtol=0.1, atol=of_toys)


def test_quantiles_of_a_gamma_variable():
    """Mean and variance k, skewness 2 / sqrt(k): right to 0.1. A negative one is taken for none."""
    for shape in (4.0, 100.0):
        values = gamma.isf([0.3, 1e-3, 1e-6], shape)
        z = (values - shape) / np.sqrt(shape)
        expected = norm.isf([0.3, 1e-3, 1e-6])
        np.testing.assert_allclose(
            gamma_quantile(z, np.full(3, 2 / np.sqrt(shape))), expected, atol=0.11
        )
    assert gamma_quantile(np.array([3.0]), np.array([-0.5])).tolist() == [3.0]
