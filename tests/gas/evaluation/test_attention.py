"""Distances of attention heads from the start of the track, and the test for another readout."""

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.evaluation.attention import CENTRE, START, Places, attention_table


def made(rng, n=400, offset_mm=0.0, truth=True):
    """Events whose head 1 is at the true start but for an offset and 0.1 mm; head 2 anywhere."""
    true = 10 + rng.normal(size=(n, 3))
    first = true + np.array([offset_mm, 0, 0]) + 0.1 * rng.normal(size=(n, 3))
    heads = np.stack([first, rng.normal(size=(n, 3))], 1)
    return Places(heads, true + np.array([0, 0.5, 0]), true if truth else np.full((n, 3), np.nan))


def test_distances_are_those_of_the_places(rng):
    table = attention_table({"here": made(rng, offset_mm=3.0)}, "here").set_index("place")
    assert list(table.index) == ["head 1", "head 2", CENTRE, START]
    assert table.loc["head 1", "true_mm"] == pytest.approx(3, abs=0.02)
    assert table.loc["head 1", "predicted_mm"] == pytest.approx(np.hypot(3, 0.5), abs=0.02)
    assert table.loc[START, "true_mm"] == pytest.approx(0.5)
    assert table.loc[START, "predicted_mm"] == 0
    assert table.loc[CENTRE, "true_mm"] == pytest.approx(np.sqrt(300), rel=0.01)
    # 0.1 mm along the offset, and the mean of 400 events.
    assert table.loc["head 1", "true_mm_err"] == pytest.approx(0.1 / 20, rel=0.2)
    assert (table["shift_mm"] == 0).all()


def test_a_head_that_moves_is_found_without_truth(rng):
    sets = {"here": made(rng), "there": made(rng, offset_mm=1.0, truth=False)}
    table = attention_table(sets, "here").set_index(["set", "place"])
    moved = table.loc[("there", "head 1")]
    assert moved["shift_mm"] > 10 * moved["shift_mm_err"]
    assert moved["shift_mm"] == pytest.approx(np.hypot(1, 0.5) - 0.5, rel=0.1)
    assert moved["p_value"] < 1e-6
    assert np.isnan(moved["true_mm"])


def test_p_values_of_equal_sets_are_uniform(rng):
    p_values = [
        attention_table({"here": made(rng), "there": made(rng)}, "here")["p_value"].iloc[-1]
        for _ in range(100)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
