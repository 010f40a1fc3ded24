import numpy as np
import pytest
from helpers.made_search import BENCHMARK, RATES, made_scores, made_weighted

from pipeline.xenon.rates.best_test import global_p
from pipeline.xenon.rates.weighted_scores import search_samples


def test_looking_with_four_tests_costs_at_most_a_factor_of_four(rng):
    samples = search_samples(made_weighted(), RATES)
    far = made_scores(20, (7.5, 60.0))["ts"].to_numpy()
    found = global_p(samples, BENCHMARK, 20.0, far, 400, 1)
    assert 1 / 401 <= found <= 4 / 401 + 1e-9
    usual = rng.choice(
        samples.background.score,
        rng.poisson(20 * samples.background.expected),
        p=samples.background.weight / samples.background.expected,
    )
    assert found < 0.02 < global_p(samples, BENCHMARK, 20.0, usual, 400, 1)


def test_p_values_of_background_are_even(rng):
    samples = search_samples(made_weighted(), RATES)
    events, exposure = samples.background, 5.0
    p = []
    for number in range(25):
        n = rng.poisson(exposure * events.expected)
        data = rng.choice(events.score, n, p=events.weight / events.expected)
        p.append(global_p(samples, BENCHMARK, exposure, data, 100, number))
    assert np.mean(p) == pytest.approx(0.5, abs=4 / np.sqrt(12 * 25))
