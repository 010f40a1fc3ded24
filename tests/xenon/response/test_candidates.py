"""Recoils taken with unequal probabilities, against all that they were taken from."""

import numpy as np
import pytest

from pipeline.xenon.response.candidates import LEAKAGE, take


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def recoils(rng, n):
    """Light, and charge that scatters by 20 % about a band."""
    light = rng.uniform(5, 60, n)
    standard = rng.standard_normal(n)
    return light, light**1.1 * np.exp(0.2 * standard), standard


def test_as_many_as_asked_for_in_their_order(rng):
    light, charge, _ = recoils(rng, 10_000)
    taken, stands_for = take(light, charge, np.ones(10_000, bool), 625, rng)
    assert len(taken) == len(stands_for) == 625
    assert (np.diff(taken) > 0).all()


def test_what_is_taken_stands_for_all(rng):
    """Shares below each quantile, of 200 draws."""
    cuts = (-3.0, -2.0, 0.0)
    draws = []
    for _ in range(200):
        light, charge, standard = recoils(rng, 10_000)
        taken, stands_for = take(light, charge, np.ones(10_000, bool), 625, rng)
        below = [stands_for[standard[taken] < cut].sum() / 625 for cut in cuts]
        draws.append([stands_for.sum() / 625, *below])
    mean, error = np.mean(draws, axis=0), np.std(draws, axis=0) / np.sqrt(200)
    for i, expected in enumerate((1.0, 0.00135, 0.02275, 0.5)):
        assert mean[i] == pytest.approx(expected, abs=3.5 * error[i])


def test_rare_ones_are_taken_often_and_stand_for_little(rng):
    light, charge, standard = recoils(rng, 10_000)
    taken, stands_for = take(light, charge, np.ones(10_000, bool), 625, rng)
    rare = standard < -2.5
    assert rare[taken].mean() > 5 * rare.mean()
    assert stands_for[rare[taken]].max() < 0.4
    # The others stand for little more than without a preference.
    assert stands_for.max() < 1 / (1 - LEAKAGE)


def test_none_stands_for_less_than_itself(rng):
    """With two candidates each, the rarest are all taken."""
    light, charge, standard = recoils(rng, 10_000)
    taken, stands_for = take(light, charge, np.ones(10_000, bool), 5000, rng)
    assert set(np.flatnonzero(standard < -3)) <= set(taken)
    assert stands_for.min() == pytest.approx(0.5)


def test_all_are_taken_where_there_are_no_more(rng):
    light, charge, _ = recoils(rng, 300)
    taken, stands_for = take(light, charge, np.ones(300, bool), 300, rng)
    np.testing.assert_array_equal(taken, np.arange(300))
    np.testing.assert_array_equal(stands_for, 1)


def test_without_light_or_charge_none_is_preferred(rng):
    nothing = np.zeros(1000)
    taken, stands_for = take(nothing, nothing, np.zeros(1000, bool), 100, rng)
    assert len(taken) == 100
    np.testing.assert_allclose(stands_for, 1)


def test_too_few_recoils_for_a_band_are_taken_alike(rng):
    light, charge, _ = recoils(rng, 50)
    taken, stands_for = take(light, charge, np.ones(50, bool), 3, rng)
    assert len(taken) == 3
    np.testing.assert_allclose(stands_for, 1)
    taken, stands_for = take(light, charge, np.ones(50, bool), 0, rng)
    assert len(taken) == len(stands_for) == 0
