"""The dense network on observables."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_observables import made_observables
from scipy.stats import norm

from pipeline.emulsion.config.analysis import DenseBaseline
from pipeline.emulsion.rejection.dense import FEATURES, fit_dense
from pipeline.statistics.roc import area_under_curve


@pytest.fixture
def table(rng):
    return pd.concat(
        [made_observables(rng, 4000, label, str(label), 0.5) for label in (0, 1)], ignore_index=True
    )


def test_it_is_as_good_as_the_likelihood_ratio(rng, table):
    """Independent log-normal observables: their sum of logarithms is best."""
    score = fit_dense(table, DenseBaseline(epochs=3), seed=1)
    new = pd.concat([made_observables(rng, 4000, label, str(label), 0.5) for label in (0, 1)])
    auc = area_under_curve(score(new), new["label"].to_numpy() == 1)
    assert auc == pytest.approx(norm.cdf(0.5 * np.sqrt(len(FEATURES)) / np.sqrt(2)), abs=0.015)


def test_unknown_observables_have_no_score(table):
    table.loc[:9, "shift_nm"] = np.nan
    table.loc[10, "path_over_shift"] = np.inf
    score = fit_dense(table, DenseBaseline(epochs=1), seed=1)(table)
    assert np.isnan(score[:11]).all()
    assert np.isfinite(score[11:]).all()


def test_a_shift_of_zero_counts(table):
    table.loc[0, "shift_nm"] = 0.0
    assert np.isfinite(fit_dense(table, DenseBaseline(epochs=1), seed=1)(table)[0])


def test_same_seed_same_network(table):
    one, other = (fit_dense(table, DenseBaseline(epochs=1), seed=1)(table) for _ in range(2))
    assert (one == other).all()


def test_errors_name_what_is_missing(table):
    with pytest.raises(ValueError, match="no column \\['shift_nm'\\]"):
        fit_dense(table.drop(columns="shift_nm"), DenseBaseline(), seed=1)
    with pytest.raises(ValueError, match="signal and background"):
        fit_dense(table[table["label"] == 1], DenseBaseline(), seed=1)
