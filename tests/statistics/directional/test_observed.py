"""The directional test on measured events: its p-values without and with signal."""

import numpy as np
import pytest
from scipy.stats import kstest

from pipeline.statistics.directional.observed import (
    goodness_of_fit,
    isotropic_p,
    scrambled_mean,
    scrambled_p,
)
from pipeline.statistics.directional.vmf import cap_depth


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def mixture(n, share, kappa, rng):
    """Cosines of isotropic events and signal."""
    signal = 1 - cap_depth(kappa, rng.random(n))
    return np.where(rng.random(n) < share, signal, rng.uniform(-1, 1, n))


@pytest.mark.parametrize("events", [3, 30])
def test_p_values_of_isotropic_events_are_uniform(events, rng):
    p = [
        isotropic_p(rng.uniform(-1, 1, events), weight)
        for weight in rng.uniform(0.1, 1, (1000, events))
    ]
    assert kstest(p, "uniform").pvalue > 1e-3


@pytest.mark.parametrize(("sum_of_two", "relative"), [(0.3, 0.02), (1.4, 0.07), (1.95, 0.02)])
def test_two_events_have_nearly_the_exact_p_value(sum_of_two, relative):
    exact = (2 - sum_of_two) ** 2 / 8
    cosines = np.full(2, sum_of_two / 2)
    assert isotropic_p(cosines, np.ones(2)) == pytest.approx(exact, rel=relative)
    assert isotropic_p(-cosines, np.ones(2)) == pytest.approx(1 - exact, rel=relative)


def test_weighted_p_value_is_that_of_toys(rng):
    weight = rng.uniform(0.05, 0.95, 8)
    toys = rng.uniform(-1, 1, (200_000, 8)) @ weight
    for sigma in (0.0, 0.5, 1.5, 2.5):
        cosine = sigma * np.sqrt(np.square(weight).sum() / 3) / weight.sum()
        expected = np.mean(toys >= cosine * weight.sum())
        assert isotropic_p(np.full(8, cosine), weight) == pytest.approx(expected, rel=0.06)


def test_far_tails_are_not_limited_by_toys():
    # 100 events at 0.5: a Gaussian of mean 0 and variance 1 / 300 has 4e-18 there.
    assert 1e-21 < isotropic_p(np.full(100, 0.5), np.ones(100)) < 1e-17
    assert isotropic_p(np.ones(50), np.ones(50)) < 1e-50


def test_times_that_say_nothing_have_uniform_p_values_in_any_detector(rng):
    """The detector prefers its z axis, and the expected directions do too."""
    n, p = 20, []
    for _ in range(200):
        directions = unit(rng.normal([0, 0, 1], 1, (n, 3)))
        expected = unit(rng.normal([0, 0, 1], 0.5, (n, 3)))
        weights = np.stack([np.ones(n), rng.uniform(0.1, 1, n)])
        p.append(scrambled_p(directions, expected, weights, np.arange(n) % 2, 99, rng))
    cosines = (directions * expected).sum(1)
    assert isotropic_p(cosines, weights[0]) < 0.01  # which is no signal
    for values in np.transpose(p):
        assert kstest(values - rng.random(200) / 100, "uniform").pvalue > 1e-3


def test_signal_is_seen_against_scrambled_times(rng):
    n = 200
    expected = unit(rng.normal([0, 0, 1], 0.7, (n, 3)))
    signal = np.where(rng.random(n)[:, None] < 0.5, 3 * expected, 0)
    directions = unit(rng.normal(size=(n, 3)) + signal)
    (p,) = scrambled_p(directions, expected, np.ones((1, n)), np.zeros(n), 999, rng)
    assert p == 1 / 1000


def test_times_are_scrambled_within_a_run(rng):
    """Expected directions that are equal within each run tell nothing."""
    run = np.repeat(["a", "b"], 20)
    expected = np.where((run == "a")[:, None], [0.0, 0, 1], [0.0, 1, 0])
    order = rng.permutation(40)
    (p,) = scrambled_p(expected[order], expected[order], np.ones((1, 40)), run[order], 99, rng)
    assert p == 1


@pytest.mark.parametrize(("events", "share", "kappa"), [(200, 0, 1), (20_000, 0.5, 5.6)])
def test_background_and_signal_fit(events, share, kappa, rng):
    p = np.array([goodness_of_fit(mixture(events, share, kappa, rng), rng) for _ in range(100)])
    for level in (0.1, 0.5):
        assert np.mean(p < level) == pytest.approx(
            level, abs=4 * (level * (1 - level) / 100) ** 0.5
        )


def test_other_distributions_do_not_fit(rng):
    away = -mixture(300, 0.5, 5.0, rng)
    across = rng.uniform(-0.6, 0.6, 300)
    assert goodness_of_fit(away, rng) < 0.01
    assert goodness_of_fit(across, rng) < 0.01


def test_the_scrambled_mean_is_that_of_permutations_within_runs(rng):
    directions, expected = rng.normal([0, 0, 1], 1, (40, 3)), rng.normal([0, 1, 1], 1, (40, 3))
    run, weight = np.repeat(["a", "b"], [15, 25]), rng.uniform(0.5, 2, 40)
    found = []
    for _ in range(4000):
        order = np.concatenate([rng.permutation(15), 15 + rng.permutation(25)])
        found.append(np.average((directions * expected[order]).sum(1), weights=weight))
    mean = scrambled_mean(directions, expected, weight, run)
    assert np.mean(found) == pytest.approx(mean, abs=4 * np.std(found) / 4000**0.5)
