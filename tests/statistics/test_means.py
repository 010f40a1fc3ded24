"""Means with their errors."""

import math

import numpy as np
import pytest

from pipeline.statistics.means import effective_events, mean_with_error


def test_the_error_is_that_of_the_mean() -> None:
    # Sum of squares about the mean of 1..n: n (n^2 - 1) / 12.
    n = 100
    mean, error = mean_with_error(np.arange(1.0, n + 1))
    assert mean == pytest.approx((n + 1) / 2)
    assert error == pytest.approx(math.sqrt((n + 1) / 12))


def test_what_is_not_known_is_nan() -> None:
    assert all(np.isnan(mean_with_error(np.array([1.0, np.nan]))))


def test_weighted_events_fluctuate_like_as_many_of_equal_weight(rng):
    """The variance of a sum of weights over its mean squared, of Poisson numbers of events."""
    weight = rng.gamma(2.0, 1.0, 50)
    sums = rng.poisson(1.0, (20_000, 50)) @ weight
    expected = sums.mean() ** 2 / sums.var()
    assert effective_events(weight) == pytest.approx(expected, rel=0.05)
    assert effective_events(np.full(7, 0.3)) == pytest.approx(7)
