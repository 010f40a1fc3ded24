"""Shifts of significances against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.response import Response
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.shifts import shifts
from pipeline.statistics.excess.weighted_scores import WeightedScores

WIMP = Wimp(mass_GeV=50.0, cross_section_cm2=1.0)
N, B, S = 20_000, 2000, 40


@pytest.fixture(scope="module")
def samples():
    """Background N(0, 1), B = 2000 known to 3 %; a signal of 40 events, N(2, 1)."""
    rng = np.random.default_rng(1)
    background = WeightedScores(rng.normal(0, 1, N), np.full(N, B / N), np.arange(N))
    signal = WeightedScores(rng.normal(2, 1, N), np.full(N, S / N), N + np.arange(N))
    return Samples.cross_fitted(background, {50.0: signal}, np.array([0.03]))


def table(samples, ratio):
    return shifts(samples, WIMP, 1.0, {("g1", 0.1): ratio}).set_index("test")


def test_more_events_are_counted(samples):
    """1 % more of all: 20 over sqrt(2000 + 60^2), and 0.4 more of the signal."""
    found = table(samples, np.full(2 * N, 1.01))
    spread = np.sqrt(B + (0.03 * B) ** 2)
    assert found.loc["counting", "shift"] == pytest.approx(0.01 * B / spread)
    assert found.loc["counting", "signal_shift"] == pytest.approx(0.01 * (B + S) / spread)
    assert found.loc["counting", "shift_err"] == pytest.approx(0.01 * B / np.sqrt(N) / spread)
    assert abs(found.loc["shape", "shift"]) < 1e-9


def test_scores_that_are_wider_look_like_a_signal_to_the_shape(samples):
    """A width of 1.05: the mean of x^2 / 2 grows by 0.051, over sqrt(B / 2 (1 + B / N))."""
    score = samples.background.score
    ratio = np.ones(2 * N)
    ratio[:N] = np.exp(score**2 / 2 * (1 - 1.05**-2)) / 1.05
    found = table(samples, ratio)
    expected = (1.05**2 - 1) / 2 * B / np.sqrt(B / 2 * (1 + B / N))
    row = found.loc["shape"]
    assert row["shift"] == pytest.approx(expected, rel=0.07)
    assert row["signal_shift"] == pytest.approx(row["shift"])
    assert abs(found.loc["counting", "shift"]) < 0.03


def test_no_change_is_no_shift(samples):
    found = table(samples, np.ones(2 * N))
    assert (found[["shift", "shift_err", "signal_shift", "signal_shift_err"]] == 0).all(axis=None)


@pytest.mark.parametrize("test", ["likelihood_ratio", "shape"])
def test_a_search_that_fits_the_response_hardly_moves(samples, test):
    """Scores move by 0.15 theta, which data measure, and are wider by 3 % theta."""
    score = np.concatenate([samples.background.score, samples.signals[50.0].score])
    slope = 0.15 * score + 0.03 * (score**2 - 1)
    normalised = np.full(2 * N, -(slope[:N].var()) / 2)
    response = Response.of({("quantity",): slope, ("quantity", "quantity"): normalised})
    ratio = np.exp(slope + normalised)
    taken_for_known = table(samples, ratio).loc[test, "shift"]
    fitted = table(replace(samples, response=response), ratio).loc[test, "shift"]
    assert taken_for_known > 1
    assert abs(fitted) < 0.25 * taken_for_known
