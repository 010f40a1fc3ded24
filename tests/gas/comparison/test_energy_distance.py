"""Energy distance of samples with a known distance, and its permutation test."""

import numpy as np
import pytest
from scipy.stats import energy_distance

from pipeline.gas.comparison.energy_distance import energy_test, whitened


def normal(rng, n, shift=0.0, features=3):
    return rng.normal(shift, 1, (n, features))


def test_distance_in_one_dimension_is_that_of_scipy():
    rng = np.random.default_rng(1)
    first, second = normal(rng, 700, features=1), normal(rng, 400, shift=0.5, features=1)
    spread = np.concatenate([first, second]).std()
    # SciPy gives the square root.
    expected = energy_distance(first[:, 0] / spread, second[:, 0] / spread) ** 2
    assert energy_test(first, second, rng, 9).distance == pytest.approx(expected)


def test_five_per_cent_of_a_thousand_equal_pairs_are_called_different():
    rng = np.random.default_rng(2)
    p = [
        energy_test(normal(rng, 20), normal(rng, 30), rng, permutations=99).p_value
        for _ in range(1000)
    ]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.015)


def test_features_without_a_spread_change_nothing():
    first, second = normal(np.random.default_rng(3), 50), normal(np.random.default_rng(4), 60, 0.3)
    dead = [
        np.hstack([x, np.zeros((len(x), 1)), np.full((len(x), 1), 0.1)]) for x in (first, second)
    ]
    results = [
        energy_test(*pair, np.random.default_rng(5), permutations=19)
        for pair in ((first, second), dead)
    ]
    assert results[0].distance == pytest.approx(results[1].distance)
    assert results[0].null == pytest.approx(results[1].null)


def test_whitened_features_are_uncorrelated_and_complete():
    rng = np.random.default_rng(6)
    mixed = normal(rng, 300) @ rng.normal(0, 1, (3, 3))
    doubled = np.hstack([mixed, mixed[:, :1]])
    both = np.concatenate(whitened(doubled[:100], doubled[100:]))
    assert both.shape == (300, 3)
    assert np.cov(both.T, bias=True) == pytest.approx(np.eye(3), abs=1e-9)


def test_whitening_shows_a_small_shift_across_correlated_features():
    rng = np.random.default_rng(7)
    common = normal(rng, 400, features=1)
    events = common + 0.05 * normal(rng, 400, features=2)
    events[:200, 0] += 0.1
    first, second = events[:200], events[200:]
    assert energy_test(*whitened(first, second), rng, 99).sigmas > 10
    assert energy_test(first, second, rng, 99).sigmas < 4


@pytest.mark.parametrize(
    ("second", "message"),
    [(np.ones((5, 2)), "no feature differs"), (np.full((5, 2), np.nan), "finite features")],
)
def test_events_that_cannot_be_compared(second, message):
    with pytest.raises(ValueError, match=message):
        energy_test(np.ones((5, 2)), second, np.random.default_rng(1))
