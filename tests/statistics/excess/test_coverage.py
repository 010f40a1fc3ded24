"""False-positive rates on synthetic scores, in miniature."""

from itertools import product

import numpy as np
import pytest

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.coverage import coverage, divided
from pipeline.statistics.excess.response import KNOWN, Response
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores

WIMP = Wimp(mass_GeV=50.0, cross_section_cm2=1.0)


def simulation(rng, n=3000):
    """Background N(0, 1) of 1000 events in all, 40 of a signal N(2, 1)."""
    background = WeightedScores(rng.normal(0, 1, n), np.full(n, 1000 / n), np.arange(n))
    signal = WeightedScores(rng.normal(2, 1, n), np.full(n, 40 / n), n + np.arange(n))
    return background, {50.0: signal}


def test_false_positives_are_as_rare_as_promised(rng):
    """Four independent samples; three times the events of an experiment each."""
    samples = [Samples.cross_fitted(*simulation(rng)) for _ in range(4)]
    table = coverage(samples, WIMP, 1.0, 500, 1).set_index(["test", "level_sigma"])
    assert len(table) == 4 * 3
    for test in ("anomaly", "counting", "shape", "likelihood_ratio"):
        one, two = (table.loc[(test, level)] for level in (1.0, 2.0))
        assert one["ratio"] == pytest.approx(1, abs=0.15 + 2 * one["ratio_err"]), test
        assert two["ratio"] < 1.2 + 2 * two["ratio_err"], test


def test_false_positives_of_data_with_drawn_rates_are_as_rare_on_average(rng):
    """20 % of B, six times its fluctuation: rates drawn in data and toys leave p-values right.

    Known rates are there too, and stay those without uncertainty where a count is concerned.
    """
    samples = []
    for _ in range(4):
        background, signals = simulation(rng, 1500)
        samples.append(Samples.cross_fitted(background, signals, np.array([0.2])))
    table = coverage(samples, WIMP, 1.0, 500, 1).set_index(["rates", "test", "level_sigma"])
    assert len(table) == 2 * 4 * 3
    for kind, test in product(("known", "drawn"), ("anomaly", "counting", "likelihood_ratio")):
        one = table.loc[(kind, test, 1.0)]
        assert one["ratio"] == pytest.approx(1, abs=0.15 + 2 * one["ratio_err"]), (kind, test)


def test_a_level_that_so_few_toys_cannot_reach_has_no_rate(rng):
    """1 / 501 is above the 3 sigma of one side, 0.00135; counting needs no toys."""
    samples = [Samples.cross_fitted(*simulation(rng, 500)) for _ in range(3)]
    table = coverage(samples, WIMP, 1.0, 500, 1)
    missing = table[table["rate"].isna()]
    assert set(missing["test"]) == {"anomaly", "shape", "likelihood_ratio"}
    assert set(missing["level_sigma"]) == {3.0}
    assert missing[["ratio", "rate_err"]].isna().all(axis=None)


def test_a_wrong_simulation_is_found_out(rng):
    """One of three samples has wider scores: data of it look like a discovery to the others."""
    samples = []
    for width in (1.0, 1.0, 1.15):
        background, signals = simulation(rng, 1500)
        wider = WeightedScores(width * background.score, background.weight, background.event)
        samples.append(Samples.cross_fitted(wider, signals))
    table = coverage(samples, WIMP, 1.0, 300, 1).set_index(["test", "level_sigma"])
    assert table.loc[("shape", 2.0), "ratio"] > 4
    assert table.loc[("counting", 1.0), "ratio"] == pytest.approx(1, abs=0.15)


def test_parts_are_independent_and_expect_all(rng):
    samples = Samples.cross_fitted(*simulation(rng))
    parts = divided(samples, 3)
    assert sum(len(part.background.score) for part in parts) == 3000
    events = np.concatenate([part.background.event for part in parts])
    assert len(set(events.tolist())) == 3000
    for part in parts:
        assert part.background.expected == pytest.approx(1000)
        assert set(part.background.event % 10) == set(range(10))


def test_two_samples_have_no_jackknife(rng):
    with pytest.raises(ValueError, match="three or more independent samples, got 2"):
        coverage([Samples.cross_fitted(*simulation(rng))] * 2, WIMP, 1.0, 100, 1)


def shifted(rng, n=3000):
    """Background and signal whose scores move by 0.15 in a response that is off by one sigma."""
    background, signals = simulation(rng, n)
    score = np.concatenate([background.score, signals[50.0].score])
    log = {("shift",): 0.15 * score, ("shift", "shift"): np.full(2 * n, -(0.15**2) / 2)}
    return background, signals, Response.of(log)


def test_false_positives_are_as_rare_where_the_response_is_uncertain(rng):
    """An error of the response by its uncertainty would move the mean score by 4.7 sigma."""
    samples = []
    for _ in range(4):
        background, signals, response = shifted(rng)
        samples.append(Samples.cross_fitted(background, signals, response=response))
    table = coverage(samples, WIMP, 1.0, 500, 1).set_index(["test", "level_sigma"])
    for test in ("anomaly", "counting", "shape", "likelihood_ratio"):
        one, two = (table.loc[(test, level)] for level in (1.0, 2.0))
        assert one["ratio"] == pytest.approx(1, abs=0.15 + 2 * one["ratio_err"]), test
        assert two["ratio"] < 1.2 + 2 * two["ratio_err"], test


def test_a_response_that_the_search_does_not_know_is_found_out(rng):
    """One of three samples has an uncertain response, which the others take for known."""
    samples = []
    for uncertain in (False, False, True):
        background, signals, response = shifted(rng, 1500)
        response = response if uncertain else KNOWN
        samples.append(Samples.cross_fitted(background, signals, response=response))
    table = coverage(samples, WIMP, 1.0, 300, 1).set_index(["test", "level_sigma"])
    assert table.loc[("likelihood_ratio", 2.0), "ratio"] > 2
