"""Coverage of the search from the samples that a study has."""

import numpy as np
import pytest

from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.config.search import Coverage
from pipeline.xenon.rates.checks import independent


def made(rng, n):
    """Scores N(0, 1) of 100 background events a t yr, N(2, 1) of 5 of a signal."""
    background = WeightedScores(rng.normal(0, 1, n), np.full(n, 100 / n), np.arange(n))
    signal = WeightedScores(rng.normal(2, 1, n), np.full(n, 5 / n), n + np.arange(n))
    return Samples.cross_fitted(background, {50.0: signal})


def test_one_sample_is_divided_and_so_is_the_exposure(rng):
    settings = Coverage(parts=3)
    parts, exposure = independent([made(rng, 1500)], 6.0, settings)
    assert exposure == 2.0
    assert [len(part.background.score) for part in parts] == [500] * 3
    several = [made(rng, 500) for _ in range(3)]
    assert independent(several, 6.0, settings) == (several, 6.0)


def test_parts_that_are_too_small_name_the_key(rng):
    message = r"search\.coverage\.parts: .* in 4 parts: .* needs 300 events, got 2\d\d\. Take fewer"
    with pytest.raises(ValueError, match=message):
        independent([made(rng, 1000)], 6.0, Coverage(parts=4))
