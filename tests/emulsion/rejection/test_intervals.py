"""Exact binomial intervals."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from pipeline.emulsion.rejection.intervals import ONE_SIGMA, clopper_pearson, expected_range


@pytest.mark.parametrize(("passed", "total"), [(0, 40), (1, 40), (17, 40), (40, 40), (8, 40_000)])
def test_interval_is_that_of_scipy(passed, total):
    exact = binomtest(passed, total).proportion_ci(ONE_SIGMA, "exact")
    low, high = clopper_pearson(passed, total)
    assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_nothing_passing_is_a_limit():
    low, high = clopper_pearson(0, 1000)
    assert low == 0
    # The probability of seeing nothing is then 16 %.
    assert (1 - high) ** 1000 == pytest.approx((1 - ONE_SIGMA) / 2)


def test_no_clusters_have_no_interval():
    low, high = clopper_pearson([0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()


def test_interval_covers_the_truth(rng):
    """At least as often as it says."""
    for p in (2e-4, 0.03, 0.6):
        low, high = clopper_pearson(rng.binomial(5000, p, 4000), 5000)
        assert ((low <= p) & (p <= high)).mean() > ONE_SIGMA - 0.02


def test_expected_range_holds_two_thirds():
    few, many = expected_range(100_000, 1e-4)
    assert (few, many) == (7, 13)
    assert binom.cdf(many, 100_000, 1e-4) - binom.cdf(few - 1, 100_000, 1e-4) > ONE_SIGMA
