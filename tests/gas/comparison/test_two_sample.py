"""Two-sample comparisons of samples whose difference is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.gas.comparison.two_sample import ks_table, two_sample_auc
from pipeline.statistics.roc import area_under_curve, auc_error


def _normal(rng: np.random.Generator, size: int, shift: float = 0.0, rho: float = 0.0):
    a, b = rng.normal(shift, 1, size), rng.normal(0, 1, size)
    return pd.DataFrame({"a": a, "b": rho * a + np.sqrt(1 - rho**2) * b})


def test_ks_is_the_largest_difference_of_the_distributions() -> None:
    rng = np.random.default_rng(1)
    table = ks_table(_normal(rng, 40_000, shift=0.5), _normal(rng, 40_000)).set_index("observable")
    # Normals shifted by d differ most half-way: 2 Phi(d/2) - 1.
    assert table.loc["a", "ks"] == pytest.approx(2 * stats.norm.cdf(0.25) - 1, abs=0.01)
    assert table.loc["a", "p_value"] < 1e-10
    assert table.loc["b", "p_value"] > 1e-3
    assert table.loc["a", "mean_simulated"] == pytest.approx(0.5, abs=0.02)
    assert table.loc["a", "mean_reference"] == pytest.approx(0.0, abs=0.02)


def test_ks_null_is_the_median_for_equal_samples() -> None:
    rng = np.random.default_rng(2)
    tables = [ks_table(_normal(rng, 1500), _normal(rng, 600)) for _ in range(300)]
    found = np.concatenate([table["ks"] for table in tables])
    assert np.median(found) == pytest.approx(tables[0]["ks_null"].iloc[0], rel=0.06)


def test_ks_leaves_out_missing_values() -> None:
    full = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]})
    holed = pd.DataFrame({"a": [1.0, 2.0, np.nan, 3.0, 4.0]})
    assert ks_table(holed, full)["ks"].item() == 0.0


def test_auc_of_equal_samples_is_a_half() -> None:
    rng = np.random.default_rng(3)
    auc, error = two_sample_auc(_normal(rng, 4000), _normal(rng, 2000), rng)
    assert error == auc_error(0.5, 4000, 2000)
    assert abs(auc - 0.5) < 4 * error


def test_auc_of_shifted_normals_has_a_closed_form() -> None:
    rng = np.random.default_rng(4)
    auc, error = two_sample_auc(_normal(rng, 5000, shift=1.0), _normal(rng, 5000), rng)
    assert auc == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=4 * error)


def test_classifier_sees_correlations_that_no_column_shows() -> None:
    rng = np.random.default_rng(5)
    auc, error = two_sample_auc(_normal(rng, 3000, rho=0.6), _normal(rng, 3000), rng)
    assert auc > 0.5 + 10 * error


def test_constant_columns_are_harmless() -> None:
    rng = np.random.default_rng(6)
    first, second = (_normal(rng, 500).assign(c=1.0) for _ in range(2))
    auc, error = two_sample_auc(first, second, rng)
    assert abs(auc - 0.5) < 4 * error


def test_area_under_curve_counts_pairs() -> None:
    """Of the pairs (3, 1), (3, 2), (1, 1), (1, 2): two right, one tie, one wrong."""
    score, label = np.array([3.0, 1.0, 1.0, 2.0]), np.array([True, True, False, False])
    assert area_under_curve(score, label) == 2.5 / 4


def test_auc_error_at_a_half_is_that_of_ranks() -> None:
    assert auc_error(0.5, 4000, 2000) == pytest.approx(np.sqrt(6001 / (12 * 4000 * 2000)))


def test_auc_error_is_the_spread_of_exponential_scores() -> None:
    """Hanley & McNeil's error is exact for them; the AUC is a / (a + 1) for scales a and 1."""
    rng = np.random.default_rng(7)
    label = np.arange(180) < 80
    scale = np.where(label, 3.0, 1.0)
    found = [area_under_curve(rng.exponential(scale), label) for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0.75, abs=0.004)
    assert np.std(found) == pytest.approx(auc_error(0.75, 80, 100), rel=0.06)
