import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.excess.density_ratio import DensityRatio
from pipeline.statistics.excess.extended_poisson import (
    Surprise,
    anomaly,
    likelihood_ratio,
    shape,
)


def test_anomaly_is_minus_two_ln_of_the_extended_likelihood(rng):
    events = np.array([0, 3, 12])
    scores = [rng.normal(size=n) for n in events]
    surprise = np.array([-stats.norm.logpdf(score).sum() for score in scores])
    ln_likelihood = [
        stats.poisson.logpmf(n, 7.5) + stats.norm.logpdf(score).sum()
        for n, score in zip(events, scores, strict=True)
    ]
    assert anomaly(events, surprise, 7.5) == pytest.approx(-2 * np.array(ln_likelihood))


def test_anomaly_depends_on_the_unit_of_the_score_and_shape_does_not(rng):
    """A score in another unit has -ln f0 larger by ln a: q counts events 2 ln a each."""
    events, n = np.array([90, 110]), 10_000
    surprise = rng.gamma(2, size=n)
    sums = np.array([surprise[:k].sum() for k in events])
    scaled = sums + events * np.log(1000)
    grown = anomaly(events, scaled, 100.0) - anomaly(events, sums, 100.0)
    assert grown == pytest.approx(2 * np.log(1000) * events)
    plain = Surprise.of(surprise, np.ones(n))
    assert shape(events, scaled, Surprise.of(surprise + np.log(1000), np.ones(n))) == pytest.approx(
        shape(events, sums, plain)
    )


def test_shape_is_standard_whatever_the_number_of_events(rng):
    surprise, weight = rng.gamma(2, size=400), rng.random(400)
    of_background = Surprise.of(surprise, weight)
    for n in (100, 400):
        drawn = rng.choice(surprise, (4000, n), p=weight / weight.sum())
        found = shape(np.full(4000, n), drawn.sum(axis=1), of_background)
        assert found.mean() == pytest.approx(0, abs=0.06)
        assert found.std() == pytest.approx(1, abs=0.05)


def test_shape_of_nothing_is_zero():
    assert shape(np.array([0]), np.array([0.0]), Surprise(1.0, 2.0)) == 0
    assert shape(np.array([5]), np.array([5.0]), Surprise(1.0, 0.0)) == 0


def test_likelihood_ratio_of_the_extended_likelihoods():
    f0, f1 = np.array([0.2, 0.5, 0.3]), np.array([0.0, 0.1, 0.9])
    ratio = DensityRatio(np.array([0.0, 1.0]), f1 / f0)
    b, s, cell = 20.0, 4.0, np.array([1, 2, 2, 0])
    gain = ratio.log_gain(cell - 0.5, np.array([s / b]))
    q = likelihood_ratio(gain[:, 0].sum(), s)
    with_signal = stats.poisson.logpmf(4, b + s) + np.log((b * f0 + s * f1) / (b + s))[cell].sum()
    without = stats.poisson.logpmf(4, b) + np.log(f0)[cell].sum()
    assert q == pytest.approx(2 * (with_signal - without))
