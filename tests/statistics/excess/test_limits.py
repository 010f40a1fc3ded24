"""Upper limits against closed forms."""

import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.excess.counting import NumberOfEvents
from pipeline.statistics.excess.limits import (
    LimitToys,
    counted_cls,
    crossing,
    signals,
    upper_limits,
)
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores

SIGNAL = np.geomspace(2.3, 40, 2000)


def number(background, uncertainty=0.0):
    return NumberOfEvents(np.array([background]), uncertainty)


@pytest.mark.parametrize(
    ("events", "limit"), [(0, 2.3026), (1, 3.8897), (3, 6.6808), (10, 15.4066)]
)
def test_counting_without_background_is_the_classical_limit(events, limit):
    """Poisson upper limits at 90 %, Review of Particle Physics, table of section Statistics."""
    cls = counted_cls(number(0.0), np.array([events]), SIGNAL)
    assert crossing(SIGNAL, cls, 0.1)[0] == pytest.approx(limit, abs=2e-4)


def test_counting_is_the_ratio_of_poisson_sums():
    """e^-s sum (s + b)^n / n! over sum b^n / n!; without events 2.3 whatever the background."""
    cls = counted_cls(number(3.0), np.array([0, 4]), SIGNAL)
    np.testing.assert_allclose(cls[0], np.exp(-SIGNAL))
    np.testing.assert_allclose(cls[1], stats.poisson.cdf(4, 3 + SIGNAL) / stats.poisson.cdf(4, 3))


def test_uncertain_background_is_averaged_over():
    steps = (np.arange(5000) + 0.5) / 5000
    b = 50 * stats.gamma.ppf(steps, 1 / 0.2**2, scale=0.2**2)
    cls = counted_cls(number(50.0, 0.2), np.array([45]), np.array([5.0, 20.0]))[0]
    for s, found in zip((5.0, 20.0), cls, strict=True):
        both, alone = (stats.poisson.cdf(45, b + added).mean() for added in (s, 0.0))
        assert found == pytest.approx(both / alone, rel=1e-3)


def test_no_limit_is_below_what_a_toy_without_signal_allows():
    """CLs of toys: q of signal toys above all others, unless they hold no signal event."""
    toys = LimitToys(np.zeros(1000), (np.arange(1000) >= 100)[:, None].astype(float))
    np.testing.assert_allclose(toys.cls(np.array([[-1.0], [0.0], [1.0]])), [[1], [0.1], [1]])
    assert signals(1e4, 0.0, 0.1)[0] == pytest.approx(np.log(10))


def test_crossing_is_the_last_one_and_none_is_the_end_of_the_grid():
    signal = np.array([1.0, 2.0, 3.0, 4.0])
    cls = np.array([[1, 0.05, 1, 0.01], [1, 1, 1, 0.5], [0.01, 0.01, 0.01, 0.01]])
    np.testing.assert_allclose(crossing(signal, cls, 0.1), [3.5, 4, 1])


def sample(score, events, first=0):
    return WeightedScores(
        score, np.full(len(score), events / len(score)), first + np.arange(len(score))
    )


@pytest.fixture(scope="module")
def limits():
    """B = 400; masses 1: WIMPs score as background does, 2: far above it."""
    rng, n = np.random.default_rng(1), 8000
    signals = {1.0: sample(rng.normal(0, 1, n), 10, n), 2.0: sample(rng.normal(9, 1, n), 10, n)}
    samples = Samples.cross_fitted(sample(rng.normal(0, 1, n), 400), signals)
    return upper_limits(samples, 1.0, 0.9, 1500, 1).set_index(["mass_GeV", "test", "band_sigma"])


def test_data_have_the_limit_of_the_band_that_they_are_like():
    """B = 400, 380 events observed at even steps of the background's scores: band -1."""
    rng, n = np.random.default_rng(1), 4000
    background = sample(rng.normal(0, 1, n), 400)
    samples = Samples.cross_fitted(background, {1.0: sample(rng.normal(1, 1, n), 10, n)})
    data = stats.norm.ppf((np.arange(380) + 0.5) / 380)
    table = upper_limits(samples, 1.0, 0.9, 1000, 1, data).set_index(["test", "band_sigma"])
    counted = table.loc["counting", "signal"]
    observed, below = counted.iloc[-1], counted.loc[-1.0]
    assert observed == pytest.approx(below, rel=0.02)
    for test in ("anomaly", "likelihood_ratio", "shape"):
        signal = table.loc[test, "signal"]
        assert np.isnan(signal.index[-1])
        assert signal.loc[-2.0] < signal.iloc[-1] < signal.loc[1.0], test
    assert len(upper_limits(samples, 1.0, 0.9, 100, 1)) == 4 * 5


@pytest.mark.parametrize("band", [-1.0, 0.0, 1.0])
def test_many_counts_are_gaussian(limits, band):
    """s with (s - band sqrt(B)) / sqrt(B + s) = isf(0.1 Phi(band)), to the step of a count."""
    s = limits.loc[(1.0, "counting", band), "signal"]
    assert (s - band * 20) / np.sqrt(400 + s) == pytest.approx(
        stats.norm.isf(0.1 * stats.norm.cdf(band)), abs=0.08
    )
    assert limits.loc[(1.0, "counting", band), "cross_section_cm2"] == pytest.approx(s / 10)


def test_scores_without_information_leave_a_count(limits):
    for band in (-1.0, 0.0, 1.0):
        ratio, counted = (
            limits.loc[(1.0, test, band)] for test in ("likelihood_ratio", "counting")
        )
        error = 10 * ratio["cross_section_err_cm2"]
        assert 0 < error < 6
        assert ratio["signal"] == pytest.approx(counted["signal"], abs=3 * error + 2)
    assert (limits.loc[(1.0, "shape"), "beyond"] == "above grid").all()


def test_scores_that_tell_all_are_a_count_in_the_highest_cell(limits):
    """It holds 100 of the 7200 simulated events outside a fold: 5.6 +- 10 % of the background."""
    found = limits.loc[(2.0, "likelihood_ratio")]
    b = 400 * 100 / 7200
    expected = crossing(SIGNAL, counted_cls(number(b, 0.1), np.array([5]), SIGNAL), 0.1)[0]
    assert found.loc[0.0, "signal"] == pytest.approx(expected, abs=0.6)
    assert found["signal"].min() >= np.log(10)
    assert found["signal"].is_monotonic_increasing


def test_limits_without_enough_electronic_recoils_are_marked(limits):
    """Mass 1 has the scores of background, mass 2 those of its highest cell, which holds 100."""
    assert not limits["events_needed"].any()
    rng, n = np.random.default_rng(2), 4000
    background = sample(np.append(rng.normal(0, 1, n), np.full(12, 9) + rng.random(12)), 400)
    rare = sample(9 + rng.random(n), 10, n + 12)
    nuclear = WeightedScores(
        np.append(background.score, rare.score),
        np.append(background.weight, np.full(n, 1e-6)),
        np.arange(2 * n + 12),
        np.arange(2 * n + 12) < n + 12,
    )
    table = upper_limits(Samples.cross_fitted(nuclear, {2.0: rare}), 1.0, 0.9, 100, 1)
    marked = table["events_needed"] > 0
    assert set(table.loc[marked, "test"]) == {"likelihood_ratio"}
    assert table.loc[marked, "events_needed"].between(4012 * 30 / 15, 4012 * 30 / 12).all()


def test_scores_far_from_all_others_reach_the_lowest_limit(limits):
    """ln 10 events: one event far in the exponential tail of f0 is enough for the shape."""
    shape = limits.loc[(2.0, "shape")]
    assert shape.loc[0.0, "signal"] == pytest.approx(np.log(10), abs=0.4)
    assert shape["signal"].min() >= np.log(10)
