"""Masses told apart: numbers of events known for normal densities, and false rejections."""

import numpy as np
import pytest
from scipy.stats import norm

from pipeline.statistics.excess.cross_fit import FOLDS
from pipeline.xenon.xenon1t.masses import (
    CONFIDENCE,
    POWER,
    LogRatio,
    cells,
    mass_estimates,
    mass_tests,
)


def normal_weights(value, *means):
    """Weights that give even values normal densities about the means, by exp(mean)."""
    return {float(np.exp(mean)): norm.pdf(value - mean) for mean in means}


def test_shift_of_a_normal_density():
    """n = ((z_0.95 + z_0.9) / shift)^2, for the best test of two normal densities."""
    value = np.linspace(-5, 6, 20_000)
    shift = 0.5
    weights = normal_weights(value, 0.0, shift)
    table = mass_tests({"x": value}, weights, np.random.default_rng(1))
    expected = ((norm.ppf(CONFIDENCE) + norm.ppf(POWER)) / shift) ** 2
    assert list(zip(table["true_mass_GeV"], table["rejected_mass_GeV"], strict=True)) == [
        (np.exp(shift), 1.0),
        (1.0, np.exp(shift)),
    ]
    np.testing.assert_allclose(table["events"], expected, rtol=0.08)
    assert (table["events_err"] < 0.1 * expected).all()


def test_equal_spectra_cannot_be_told_apart():
    value = np.linspace(0, 1, 3000)
    table = mass_tests(
        {"x": value}, {50.0: np.ones(3000), 500.0: np.ones(3000)}, np.random.default_rng(1)
    )
    assert np.isinf(table["events"]).all()


def test_one_mass_has_no_pair():
    value = np.linspace(0, 1, 3000)
    table = mass_tests({"x": value}, {50.0: np.ones(3000)}, np.random.default_rng(1))
    assert table.empty
    assert "events" in table


def test_no_event_tells_more_than_its_truth():
    """A coarse observable needs more events than the one that it is made from."""
    value = np.linspace(-5, 6, 20_000)
    rng = np.random.default_rng(1)
    observables = {"x": value, "smeared": value + rng.normal(0, 1, len(value))}
    weights = normal_weights(value, 0.0, 0.5)
    events = mass_tests(observables, weights, rng).groupby("observable")["events"].mean()
    # The smeared densities have twice the variance.
    assert events["smeared"] == pytest.approx(2 * events["x"], rel=0.12)


def test_false_rejections_of_events_that_made_no_density():
    """Fresh events of the tested mass are rejected as often as promised, 5 %."""
    rng = np.random.default_rng(1)
    simulated, toys, events = 4000, 4000, 20
    fresh = rng.normal(size=toys * events)
    value = np.concatenate([rng.uniform(-5, 6, simulated), fresh])
    own = np.arange(len(value)) < simulated
    weights = {mass: own * w for mass, w in normal_weights(value, 0.0, 0.5).items()}
    cell = cells(value, weights)
    tested, true = (weight[own] for weight in weights.values())
    ratio = LogRatio.cross_fitted(cell[own], tested, true)
    of_cells = ratio.value.reshape(FOLDS, -1).mean(axis=0)
    known = rng.multinomial(events, ratio.of_tested, 20_000) @ ratio.value
    found = of_cells[cell[~own]].reshape(toys, events).sum(axis=1)
    assert (found > np.quantile(known, CONFIDENCE)).mean() == pytest.approx(0.05, abs=0.02)


def test_most_likely_masses_scatter_as_the_mean_of_events():
    """Normal about ln m: the estimate of ln m has the deviation 1 / sqrt(n), and no bias."""
    value = np.linspace(-4, 8.6, 40_000)
    weights = normal_weights(value, *np.linspace(0, 4.6, 231))
    mass = float(np.exp(np.linspace(0, 4.6, 231)[115]))
    table = mass_estimates({"x": value}, weights, [mass], np.random.default_rng(1))
    half = np.log(table["high_GeV"] / table["low_GeV"]) / 2
    np.testing.assert_allclose(half, 1 / np.sqrt(table["events"]), rtol=0.12, atol=0.02)
    np.testing.assert_allclose(np.log(table["median_GeV"] / mass), 0, atol=0.04)
    assert (table["at_highest"] == 0).all()


def test_the_highest_mass_is_a_limit():
    """It is the most likely one unless the estimate lies nearer to the next, 0.1 below in ln m."""
    value = np.linspace(-4, 8.6, 40_000)
    weights = normal_weights(value, *np.linspace(0, 2, 21))
    highest = max(weights)
    table = mass_estimates({"x": value}, weights, [highest], np.random.default_rng(1))
    expected = norm.cdf(0.05 * np.sqrt(table["events"]))
    np.testing.assert_allclose(table["at_highest"], expected, atol=0.03)
