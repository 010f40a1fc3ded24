"""Limits hold the truth as often as promised, in miniature."""

from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.statistics.excess.limit_coverage import limit_coverage
from pipeline.statistics.excess.response import Response
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores


def simulation(rng, mean, n=3000):
    """Background N(0, 1) of 1000 events in all, 40 of a signal N(`mean`, 1)."""
    background = WeightedScores(rng.normal(0, 1, n), np.full(n, 1000 / n), np.arange(n))
    signal = WeightedScores(rng.normal(mean, 1, n), np.full(n, 40 / n), n + np.arange(n))
    return Samples.cross_fitted(background, {50.0: signal})


def test_the_truth_is_allowed_in_nine_of_ten_data_sets_or_more(rng):
    samples = [simulation(rng, 2) for _ in range(4)]
    table = limit_coverage(samples, 50.0, (0.1, 2.0), 1.0, 0.9, 400, 1)
    assert len(table) == 4 * 2
    weak, strong = (table[table["cross_section_cm2"] == sigma] for sigma in (0.1, 2.0))
    # Four signal events are not seen, eighty are.
    assert (weak["coverage"] > 0.98).all()
    assert (abs(strong["coverage"] - 0.9) < 0.03 + 2 * strong["coverage_err"]).all()
    assert set(strong["signal"]) == {80.0}


def test_a_wrong_signal_model_is_found_out(rng):
    """WIMPs of two of three samples look less like signal than the third one expects."""
    samples = [simulation(rng, mean, 1500) for mean in (2, 0.5, 0.5)]
    table = limit_coverage(samples, 50.0, (2.0,), 1.0, 0.9, 300, 1).set_index("test")
    assert table.loc["likelihood_ratio", "coverage"] < 0.85
    assert abs(table.loc["counting", "coverage"] - 0.9) < 0.03


def test_the_truth_is_allowed_where_the_response_is_uncertain(rng):
    """Scores of background and signal move by 0.1 for an error of the response by one sigma."""
    samples = []
    for _ in range(4):
        known = simulation(rng, 2)
        score = np.concatenate([known.background.score, known.signals[50.0].score])
        log = {("shift",): 0.1 * score, ("shift", "shift"): np.full(len(score), -0.005)}
        samples.append(replace(known, response=Response.of(log)))
    table = limit_coverage(samples, 50.0, (2.0,), 1.0, 0.9, 400, 1)
    assert (table["coverage"] > 0.87 - 2 * table["coverage_err"]).all()


def test_uncertain_rates_are_taken_as_known(rng):
    """Limits and data have the same functions of the score, without a fit of rates."""
    known = [simulation(rng, 2, 1000) for _ in range(3)]
    uncertain = [replace(own, uncertainty=np.array([0.3])) for own in known]
    found, expected = (
        limit_coverage(samples, 50.0, (2.0,), 1.0, 0.9, 200, 1) for samples in (uncertain, known)
    )
    pd.testing.assert_frame_equal(found, expected)
