"""Rejection against efficiency."""

import numpy as np
import pytest
from scipy.stats import norm

from pipeline.emulsion.rejection.curves import (
    GOAL,
    REJECTION,
    efficiency_at_goal,
    rejection_at,
    rejection_curve,
    threshold_at,
)
from pipeline.emulsion.rejection.intervals import clopper_pearson


def test_threshold_lets_the_asked_share_pass(rng):
    scores = rng.normal(size=1000)
    for efficiency in (0.001, 0.25, 0.6, 1.0):
        assert (scores >= threshold_at(scores, efficiency)).mean() == efficiency


def test_rejection_of_known_distributions(rng):
    """Normal scores two standard deviations apart."""
    signal, background = rng.normal(2, 1, 200_000), rng.normal(0, 1, 200_000)
    table = rejection_curve(signal, background, [0.3, 0.6, 0.9])
    expected = 1 / norm.sf(norm.isf([0.3, 0.6, 0.9]) + 2)
    pull = (table["rejection"] / expected - 1) * np.sqrt(table["passed"])
    assert (pull.abs() < 3.5).all()
    assert (table["low"] < table["rejection"]).all()
    assert (table["rejection"] < table["high"]).all()
    assert list(table) == list(REJECTION)


def test_interval_is_that_of_the_share_that_passes():
    row = rejection_at([1.0], np.arange(1000.0), [990.0]).iloc[0]
    low, high = clopper_pearson(10, 1000)
    assert (row["passed"], row["total"], row["rejection"]) == (10, 1000, 100)
    assert (row["low"], row["high"]) == pytest.approx((1 / high, 1 / low))


def test_nothing_passing_gives_a_limit_not_infinity():
    row = rejection_curve([1.0, 2.0], np.zeros(500), [0.5]).iloc[0]
    assert np.isnan(row["rejection"])
    assert np.isnan(row["high"])
    assert row["low"] == pytest.approx(500 / 1.84, rel=0.01)


def test_equal_scores_pass_together():
    row = rejection_curve([0.0, 1.0, 1.0, 1.0], [0.0, 1.0], [0.25]).iloc[0]
    assert (row["efficiency"], row["passed"]) == (0.75, 1)


def test_unknown_scores_never_pass():
    row = rejection_curve([3.0, 2.0, np.nan, 1.0], [np.nan, 2.5], [0.5]).iloc[0]
    assert (row["threshold"], row["passed"], row["total"]) == (2, 1, 2)
    with pytest.raises(ValueError, match=r"only 0\.750 have a score"):
        rejection_curve([3.0, 2.0, np.nan, 1.0], [0.0], [0.9])


@pytest.mark.parametrize("function", [rejection_curve, efficiency_at_goal])
def test_both_kinds_are_needed(function):
    with pytest.raises(ValueError, match=r"0|no threshold"):
        function([], [1.0], [0.5] if function is rejection_curve else 10)
    with pytest.raises(ValueError, match="1 signal and 0 background"):
        function([1.0], [], [0.5] if function is rejection_curve else 10)


def test_efficiency_at_the_goal_of_known_distributions(rng):
    goal, n = 1000, 40_000
    truth = norm.sf(norm.isf(1 / goal) - 3)
    rows = [
        efficiency_at_goal(rng.normal(3, 1, n // 4), rng.normal(0, 1, n), goal) for _ in range(200)
    ]
    assert list(rows[0]) == list(GOAL)
    assert np.mean([row["efficiency"] for row in rows]) == pytest.approx(truth, abs=0.005)
    inside = [row["efficiency_low"] <= truth <= row["efficiency_high"] for row in rows]
    assert 0.6 < np.mean(inside) < 0.85
    assert {row["passed"] for row in rows} == {40}


def test_too_little_background_for_the_goal():
    row = efficiency_at_goal([1.0], np.zeros(900), 1000)
    assert np.isnan(row["efficiency"])
    assert (row["passed"], row["total"]) == (0, 900)


def test_lower_end_is_zero_where_the_background_ends(rng):
    """Two background clusters at the goal may as well have been none."""
    row = efficiency_at_goal(rng.normal(3, 1, 1000), rng.normal(0, 1, 1000), 1000)
    assert row["efficiency_low"] == 0
    assert row["efficiency"] > 0
