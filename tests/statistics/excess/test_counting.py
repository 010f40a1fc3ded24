"""The distribution of the number of events against closed forms and random numbers."""

import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.excess.counting import NumberOfEvents


def test_uncertain_background(rng):
    """B from a gamma distribution of mean 100 and 10 % spread."""
    counts = rng.poisson(rng.gamma(100, 1.0, 400_000))
    events = np.array([100, 130, 145])
    found = NumberOfEvents(np.array([100.0]), 0.1)
    p = (counts[:, None] >= events).mean(axis=0)
    assert (abs(found.at_least(events) - p) < 4 * np.sqrt(p / len(counts))).all()
    np.testing.assert_allclose(found.at_most(events - 1), 1 - found.at_least(events), atol=1e-9)


def test_small_uncertainty_is_none():
    one, other = (NumberOfEvents(np.array([100.0]), sigma) for sigma in (1e-4, 0.0))
    events = np.array([130.0])
    np.testing.assert_allclose(one.at_least(events), other.at_least(events), rtol=1e-4)


@pytest.mark.parametrize("uncertainty", [1e-12, 1e-9, 1e-8, 1e-7])
def test_no_digits_are_lost_where_the_uncertainty_is_tiny(uncertainty):
    """The negative binomial of 1e-9 gives 5.2e-3 for 3.1e-4."""
    events = np.array([6759])
    found = NumberOfEvents(np.array([6481.0]), uncertainty).at_least(events)
    np.testing.assert_allclose(found, stats.poisson.sf(6758, 6481), rtol=1e-3)


def test_drawn_backgrounds_are_mixed(rng):
    """B log-normal: more skewed than a gamma distribution of the same width."""
    b = 400 * np.exp(rng.normal(0, 0.1, 200_000))
    counts = rng.poisson(b)
    events = np.array([400, 460, 560])
    found = NumberOfEvents(400 * np.exp(0.1 * stats.norm.ppf((np.arange(512) + 0.5) / 512)))
    p = (counts[:, None] >= events).mean(axis=0)
    assert (abs(found.at_least(events) - p) < 4 * np.sqrt(p / len(counts)) + 0.02 * p).all()
    assert p[-1] > 1.2 * NumberOfEvents(np.array([402.0]), 0.1).at_least(events)[-1]
    np.testing.assert_allclose(found.at_most(events - 1), 1 - found.at_least(events), atol=1e-9)


def test_right_tail_holds_the_observed_number():
    n = int(stats.poisson.median(13.0))
    expected = sum(stats.poisson.pmf(k, 10.0) for k in range(n, 200))
    assert NumberOfEvents(np.array([10.0])).at_least(np.array([n]))[0] == pytest.approx(expected)


def test_signal_adds_events(rng):
    counts = rng.poisson(rng.gamma(25, 2.0, 400_000)) + rng.poisson(20.0, 400_000)
    events = np.array([50, 60, 70, 100])
    p = (counts[:, None] <= events).mean(axis=0)
    found = NumberOfEvents(np.array([50.0]), 0.2).at_most(events, 20.0)
    np.testing.assert_allclose(found, p, atol=4 * 0.5 / 400_000**0.5)


def test_no_background_and_few_events():
    none = NumberOfEvents(np.array([0.0]))
    assert none.at_most(np.array([0, 3])).tolist() == [1, 1]
    assert none.at_least(np.array([0, 1])).tolist() == [1, 0]
    assert NumberOfEvents(np.array([1e6])).at_most(np.array([3])).tolist() == [0]


def test_quantiles_are_those_of_the_distribution():
    p = np.array([0.02, 0.5, 0.98])
    for uncertainty, law in ((0.0, stats.poisson(300)), (0.1, stats.nbinom(100, 100 / 400))):
        found = NumberOfEvents(np.array([300.0]), uncertainty).quantiles(p)
        np.testing.assert_allclose(found, law.ppf(p))
