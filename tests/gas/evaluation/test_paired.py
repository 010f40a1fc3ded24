"""A method against Best-Expected on the same events."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import around_z

from pipeline.gas.evaluation.paired import paired, ratio_of_events

EVENTS = 3000


@pytest.fixture
def tables(rng):
    """Predictions of a method at 0.9 of the distances of a reference, with a scatter of a fifth."""
    hard = np.minimum(rng.exponential(0.1, EVENTS), 1)
    own = hard * np.clip(rng.normal(0.9, 0.2, EVENTS), 0, 1.9)
    return around_z(1 - own), around_z(1 - hard)


def test_the_errors_are_those_of_resampled_pairs(tables, rng):
    own, other = (1 - table["pred_z"].to_numpy("float64") for table in tables)
    found = paired(*tables)
    drawn = rng.integers(0, EVENTS, (1000, EVENTS))
    means = own[drawn].mean(1), other[drawn].mean(1)
    assert found.ratio == pytest.approx(own.mean() / other.mean(), rel=1e-4)
    assert found.ratio_err == pytest.approx((means[0] / means[1]).std(), rel=0.1)
    assert found.difference == pytest.approx(own.mean() - other.mean(), rel=1e-4)
    assert found.difference_err == pytest.approx((means[0] - means[1]).std(), rel=0.1)
    # Both tables' own errors would give five times as much.
    assert found.difference_err < 0.3 * np.hypot(own.std(), other.std()) / EVENTS**0.5


def test_views_of_a_track_are_no_independent_pairs(tables):
    twice = [pd.concat([table, table], ignore_index=True) for table in tables]
    once = paired(*tables)
    assert vars(paired(*twice)) == pytest.approx(vars(once), rel=1e-9)


def test_only_events_that_both_predict_are_compared(tables):
    own, other = tables
    some = own.copy()
    some.loc[:999, ["pred_x", "pred_y", "pred_z"]] = np.nan
    assert paired(some, other) == paired(own.iloc[1000:], other.iloc[1000:])
    values = ratio_of_events(some, other)
    assert np.isnan(values[:1000]).all()
    assert values[1000:].mean() == pytest.approx(paired(some, other).ratio)


def test_nothing_to_compare_is_nan_and_other_events_are_refused(tables):
    own, other = tables
    silent = own.assign(pred_x=np.nan, pred_y=np.nan, pred_z=np.nan)
    assert np.isnan(list(vars(paired(silent, other)).values())).all()
    assert np.isnan(paired(own.iloc[:1], other.iloc[:1]).ratio_err)
    with pytest.raises(ValueError, match="the same events in the same order"):
        paired(own, other.iloc[::-1])
