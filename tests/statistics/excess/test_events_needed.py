"""How many electronic recoils the likelihood ratio needs."""

import numpy as np
import pytest

from pipeline.statistics.excess.samples import REGION_EVENTS, Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores


def made(bulk, leaked, nuclear, generated=None):
    """Scores of electronic recoils, some of them leaked to the signal's, where nuclear ones lie.

    32 events per t yr are electronic recoils, 0.47 nuclear ones.
    """
    score = np.concatenate([bulk, leaked, nuclear])
    electronic = np.arange(len(score)) < len(bulk) + len(leaked)
    weight = np.where(electronic, 32 / electronic.sum(), 0.47 / len(nuclear))
    background = WeightedScores(score, weight, np.arange(len(score)), electronic)
    # A signal of the scores of other nuclear recoils.
    signal = WeightedScores(nuclear + 1e-3, np.ones(len(nuclear)), len(score) + np.arange(5000))
    return Samples.cross_fitted(background, {50.0: signal}, generated=generated)


def test_events_needed_are_in_proportion_to_those_that_leak(rng):
    """12 of 10,012 lie where the signal does; one beside it may be in the lowest of its cells."""
    nuclear, leaked = 2 + rng.random(5000), 2 + rng.random(12)
    samples = made(rng.random(10_000), leaked, nuclear, generated=50_000)
    needed = samples.events_needed(50.0, 0.01)
    assert 50_000 * REGION_EVENTS / 14 <= needed <= 50_000 * REGION_EVENTS / 12
    # Without the number of all that were simulated, that of the search.
    own = made(rng.random(10_000), leaked, nuclear).events_needed(50.0, 0.01)
    assert own == pytest.approx(needed * 10_012 / 50_000, rel=0.2)


def test_enough_that_leak_need_no_more(rng):
    nuclear, leaked = 2 + rng.random(5000), 2 + rng.random(100)
    assert made(rng.random(10_000), leaked, nuclear).events_needed(50.0, 0.01) == 0


def test_nuclear_recoils_of_the_background_hide_nothing(rng):
    """8B lies where the signal does, and no electronic recoil: cells are joined to the bulk.

    The highest then holds a hundred electronic recoils, and needs no more for what it says.
    """
    samples = made(rng.normal(0, 1, 57_000), np.empty(0), rng.normal(20, 1, 5000))
    ratio = samples._ratio(50.0, 0)
    electronic = samples.background.score[samples.background.electronic]
    assert np.bincount(ratio.cell(electronic)).min() >= 10
    assert len(ratio.ratio) == np.unique(ratio.cell(electronic)).size
    assert ratio.ratio.max() < 57_000 / 90
    assert samples.events_needed(50.0, 0.01) == 0


def test_parts_and_other_weights_keep_the_kinds_of_recoils(rng):
    samples = made(rng.random(900), np.empty(0), 2 + rng.random(5000))
    background = samples.background
    assert background.part(0, 3).electronic.sum() == 300
    assert (background.of_response(np.full(5900, 2, np.float32)).electronic[:900]).all()
    common = samples.with_common_uncertainty(0.1).background
    np.testing.assert_array_equal(common.electronic, np.arange(5900) < 900)
