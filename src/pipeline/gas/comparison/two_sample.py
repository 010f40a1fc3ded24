"""Tests whether two samples of tracks have the same distribution of observables."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special, stats

from pipeline.statistics.roc import area_under_curve, auc_error

FOLDS = 5
RIDGE = 1.0

Floats = NDArray[np.float64]


def ks_table(simulated: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Kolmogorov-Smirnov comparison of every column the two tables share.

    Columns: `observable`, `ks` (largest difference of the distribution functions), `p_value`,
    `ks_null` (median of `ks` for equal distributions at these sample sizes: the Kolmogorov law's
    median over sqrt(nm/(n+m))), and the two means. NaNs are ignored.
    """
    rows = []
    for name in reference.columns.intersection(simulated.columns):
        a, b = simulated[name].dropna(), reference[name].dropna()
        test = stats.ks_2samp(a, b, method="asymp")
        null = stats.kstwobign.median() / np.sqrt(len(a) * len(b) / (len(a) + len(b)))
        rows.append((name, test.statistic, test.pvalue, null, a.mean(), b.mean()))
    columns = ["observable", "ks", "p_value", "ks_null", "mean_simulated", "mean_reference"]
    return pd.DataFrame(rows, columns=columns)


def two_sample_auc(
    simulated: pd.DataFrame, reference: pd.DataFrame, rng: np.random.Generator
) -> tuple[float, float]:
    """Cross-validated area under the ROC curve of a classifier that distinguishes the samples.

    0.5 means that the classifier finds no difference. It is a ridge logistic regression on the
    columns' normal scores, their squares and products, sensitive to shifts, widths and pairwise
    correlations. Each row is scored by a fit to other rows (5 folds). The error is `auc_error` at
    AUC 0.5.
    """
    table = pd.concat([simulated, reference], ignore_index=True).dropna()
    is_simulated = table.index.to_numpy() < len(simulated)
    features = _quadratic(_normal_scores(table.to_numpy(dtype=float)))
    fold = rng.permutation(len(features)) % FOLDS
    aucs = []
    for held_out in range(FOLDS):
        train = fold != held_out
        weights = _logistic_fit(features[train], is_simulated[train])
        score = features[~train] @ weights
        aucs.append(area_under_curve(score, is_simulated[~train]))
    return float(np.mean(aucs)), auc_error(0.5, is_simulated.sum(), (~is_simulated).sum())


def _normal_scores(values: Floats) -> Floats:
    ranks = stats.rankdata(values, axis=0)
    return special.ndtri(ranks / (len(values) + 1))


def _quadratic(scores: Floats) -> Floats:
    first, second = np.triu_indices(scores.shape[1])
    products = scores[:, first] * scores[:, second]
    features = np.hstack([scores, products])
    spread = features.std(axis=0)
    features = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.hstack([np.ones((len(features), 1)), features])


def _logistic_fit(features: Floats, label: NDArray[np.bool_]) -> Floats:
    sign = np.where(label, 1.0, -1.0)
    # Both samples have the same total weight.
    weight = np.where(label, 0.5 / label.mean(), 0.5 / (1 - label.mean()))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        margin = sign * (features @ parameters)
        value = np.sum(weight * np.logaddexp(0, -margin)) + RIDGE / 2 * parameters @ parameters
        slope = features.T @ (-weight * sign * special.expit(-margin)) + RIDGE * parameters
        return value, slope

    start = np.zeros(features.shape[1])
    return optimize.minimize(loss, start, jac=True, method="L-BFGS-B").x
