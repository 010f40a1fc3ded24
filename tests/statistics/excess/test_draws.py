"""Toys of an uncertain background, and data sets without replacement."""

import numpy as np
import pytest

from pipeline.statistics.excess.response import KNOWN, Response, Responses
from pipeline.statistics.excess.weighted_scores import WeightedScores


def test_resampled_events_widen_sums_as_a_second_sample_would(rng):
    """Var = N v (1 + N / n): n simulated events, N drawn; the number itself is Poisson."""
    sample = WeightedScores(rng.normal(2, 1, 500), np.full(500, 1 / 500))
    values = np.column_stack([sample.score - sample.score.mean(), np.ones(500)])
    events, sums = sample.draw_uncertain(rng, 400.0, np.zeros(1), values, KNOWN.draw(rng, 10_000))
    assert (sums[:, 1] == events).all()
    assert events.mean() == pytest.approx(400, abs=0.9)
    assert events.var() == pytest.approx(400, rel=0.06)
    assert sums[:, 0].mean() == pytest.approx(0, abs=1.1)
    expected = 400 * values[:, 0].var() * (1 + 400 / 500)
    assert sums[:, 0].var() == pytest.approx(expected, rel=0.06)


def test_rates_of_components_vary_by_their_uncertainties(rng):
    """Two components of 300 and 100 events, 10 and 30 % uncertain."""
    components = np.zeros((1000, 2))
    components[:500, 0], components[500:, 1] = 300 / 500, 100 / 500
    sample = WeightedScores(np.arange(1000.0), components)
    first = (sample.score < 500).astype(float)
    uncertainty = np.array([0.1, 0.3])
    events, sums = sample.draw_uncertain(
        rng, 1.0, uncertainty, first[:, None], KNOWN.draw(rng, 20_000)
    )
    one, two = sums[:, 0], events - sums[:, 0]
    for found, mean, spread in ((one, 300, 30), (two, 100, 30)):
        assert found.mean() == pytest.approx(mean, abs=1)
        assert found.var() == pytest.approx(mean + spread**2, rel=0.05)
    assert np.corrcoef(one, two)[0, 1] == pytest.approx(0, abs=0.03)


def test_thinned_data_repeat_no_event(rng):
    sample = WeightedScores(np.arange(300.0), np.full(300, 0.4))
    events, sums = sample.draw_thinned(rng, 1.0, np.eye(300), KNOWN.draw(rng, 2000))
    assert sums.max() == 1
    assert (sums.sum(axis=1) == events).all()
    assert events.mean() == pytest.approx(120, abs=1.2)
    assert events.var() == pytest.approx(120, rel=0.15)
    assert sums.mean(axis=0) == pytest.approx(np.full(300, 0.4), abs=0.06)


def test_thinned_data_follow_the_weights(rng):
    weight = np.repeat([0.1, 0.4, 2.0], [200, 100, 5])
    sample = WeightedScores(np.arange(305.0), weight)
    _, sums = sample.draw_thinned(rng, 1.0, np.eye(305), KNOWN.draw(rng, 4000))
    by_weight = [part.sum(axis=1).mean() for part in np.split(sums, [200, 300], axis=1)]
    assert by_weight == pytest.approx([20, 40, 10], rel=0.05)


@pytest.mark.parametrize("draw", ["uncertain", "thinned"])
def test_toys_have_their_own_responses(rng, draw):
    """Scores N(0, 1), whose mean is 0.3 theta and whose rate grows by 10 % theta."""
    sample = WeightedScores(rng.normal(0, 1, 20_000), np.full(20_000, 1 / 20_000))
    log = {
        ("shift",): 0.3 * sample.score + np.log(1.1),
        ("shift", "shift"): np.full(20_000, -0.045),
    }
    responses = Responses(Response.of(log), np.array([[1.0], [-1.0], [0.0]]), 3000)
    values = np.column_stack([sample.score, np.ones(20_000)])
    if draw == "uncertain":
        events, sums = sample.draw_uncertain(rng, 200.0, np.zeros(1), values, responses)
    else:
        events, sums = sample.draw_thinned(rng, 200.0, values, responses)
    assert (sums[:, 1] == events).all()
    for first, rate, mean in ((0, 1.1, 0.3), (1, 1 / 1.1, -0.3), (2, 1.0, 0.0)):
        own = slice(first, None, 3)
        assert events[own].mean() == pytest.approx(200 * rate, rel=0.02)
        assert sums[own, 0].sum() / events[own].sum() == pytest.approx(mean, abs=0.025)


@pytest.mark.parametrize("response", [KNOWN, Response.of({("none",): np.full(300, 2e-6)})])
def test_data_sets_have_rates_of_their_own(rng, response):
    """Two components of 10 events, known to 30 % and exactly: variance 20 + 3^2."""
    components = np.zeros((300, 2))
    components[::2, 0] = components[1::2, 1] = 10 / 150
    sample = WeightedScores(np.arange(300.0), components)
    values = np.column_stack([np.arange(300) % 2 == 0, np.arange(300) % 2]).astype(float)
    responses = response.draw(rng, 20_000)
    uncertainty = np.array([0.3, 0.0])
    events, sums = sample.draw_thinned(rng, 1.0, values, responses, uncertainty)
    assert (sums.sum(axis=1) == events).all()
    np.testing.assert_allclose(sums.mean(axis=0), [10, 10], rtol=0.01)
    np.testing.assert_allclose(sums.var(axis=0), [19, 10], rtol=0.05)
