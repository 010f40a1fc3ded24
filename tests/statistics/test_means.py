"""Means with their errors."""

import math

import numpy as np
import pytest

from pipeline.statistics.means import (
    effective_events,
    mean_of_groups,
    mean_with_error,
    ratio_terms,
)


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


def test_the_error_of_groups_is_that_of_their_bootstrap(rng):
    group = rng.integers(0, 60, 300)
    values = rng.normal(0, 1, 60)[group] + rng.normal(0, 0.3, 300)
    mean, error = mean_of_groups(values, group)
    sums, sizes = np.bincount(group, values), np.bincount(group)
    drawn = rng.integers(0, len(sums), (5000, len(sums)))
    replicas = sums[drawn].sum(1) / sizes[drawn].sum(1)
    assert mean == pytest.approx(values.mean())
    assert error == pytest.approx(replicas.std(), rel=0.1)


def test_groups_of_one_value_are_independent_values_and_one_group_has_no_error(rng):
    values = rng.normal(size=20)
    assert mean_of_groups(values, np.arange(20)) == pytest.approx(mean_with_error(values))
    assert np.isnan(mean_of_groups(values, np.full(20, 3))[1])


def test_the_error_of_a_ratio_is_its_scatter_over_samples(rng):
    """Pairs that share most of their size: the ratio is known far better than either mean."""
    hard = rng.exponential(size=(2000, 400))
    own = hard * rng.normal(0.9, 0.2, hard.shape)
    ratios = own.mean(1) / hard.mean(1)
    found = [mean_with_error(ratio_terms(*pair)) for pair in zip(own, hard, strict=True)]
    means, errors = np.transpose(found)
    assert means == pytest.approx(ratios)
    assert errors.mean() == pytest.approx(ratios.std(), rel=0.07)
    assert errors.mean() < own[0].std() / 20 / 3
    assert np.isnan(ratio_terms(own[0], np.zeros(400))).all()
