"""Coverage of the search from the samples that a study has."""

import numpy as np
import pytest

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.samples import Samples, WeightedScores
from pipeline.xenon.config.search import Coverage
from pipeline.xenon.rates.checks import coverage_table

WIMP = Wimp(mass_GeV=50.0, cross_section_cm2=1.0)


def made(rng, n):
    """Scores N(0, 1) of 100 background events a t yr, N(2, 1) of 5 of a signal."""
    background = WeightedScores(rng.normal(0, 1, n), np.full(n, 100 / n), np.arange(n))
    signal = WeightedScores(rng.normal(2, 1, n), np.full(n, 5 / n), n + np.arange(n))
    return Samples.cross_fitted(background, {50.0: signal})


def test_one_sample_is_divided_and_so_is_the_exposure(rng):
    settings = Coverage(parts=3, toys=100)
    assert set(coverage_table([made(rng, 1500)], WIMP, 6.0, settings, 1)["exposure_t_yr"]) == {2.0}
    whole = coverage_table([made(rng, 500) for _ in range(3)], WIMP, 6.0, settings, 1)
    assert set(whole["exposure_t_yr"]) == {6.0}
    assert set(whole["pairs"]) == {6}


def test_parts_that_are_too_small_name_the_key(rng):
    message = r"search\.coverage\.parts: .* in 4 parts: .* needs 300 events, got 2\d\d\. Take fewer"
    with pytest.raises(ValueError, match=message):
        coverage_table([made(rng, 1000)], WIMP, 6.0, Coverage(parts=4, toys=100), 1)
