"""The choice of beta and R, for scores with a known result."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from pipeline.xenon.darwin.scan import chosen_weights, er_rejection, scan_scores


def made_terms(seed=1, n=4000, **shifts):
    """Normal terms of unit width for every beta 1 and 2; NR shifted by `shifts` in the term."""
    rng = np.random.default_rng(seed)
    tables = []
    for beta in (1.0, 2.0):
        is_nr = np.repeat([False, True], n)
        terms = {
            name: rng.normal(is_nr * shifts.get(name, 0.0))
            for name in ("kl", "reconstruction", "reconstruction_drawn", "logit")
        }
        triggered = np.arange(2 * n) % 10 != 0
        for values in terms.values():
            values[~triggered] = np.nan
        tables.append(
            pd.DataFrame(
                {"beta": beta, "recoil": is_nr.astype(np.uint8), "triggered": triggered, **terms}
            )
        )
    return pd.concat(tables, ignore_index=True)


def test_figures_of_merit_of_normal_scores():
    """Two unit normals 2 apart: area Phi(2 / sqrt 2), rejection at the NR median Phi(2)."""
    scan = scan_scores(made_terms(reconstruction=2.0).assign(kl=0.0), [0.0])
    assert scan["events_er"].tolist() == scan["events_nr"].tolist() == [3600, 3600]
    for _, row in scan.iterrows():
        assert row["auc"] == pytest.approx(norm.cdf(np.sqrt(2)), abs=4 * row["auc_err"])
        assert row["er_rejection"] == pytest.approx(norm.cdf(2), abs=5 * row["er_rejection_err"])


def test_scores_at_the_mean_and_at_a_drawn_place_are_compared():
    """Only the drawn one separates. It is not chosen by: R = 0 would then be best."""
    terms = made_terms(reconstruction_drawn=2.0, logit=4.0).assign(kl=0.0)
    scan = scan_scores(terms, [0.0, 100.0]).set_index(["beta", "ratio"])
    assert scan.loc[(1.0, 0.0), "auc"] == pytest.approx(0.5, abs=0.03)
    assert scan.loc[(1.0, 0.0), "auc_drawn"] == pytest.approx(norm.cdf(np.sqrt(2)), abs=0.02)
    assert scan["chosen"].idxmax()[1] == 100.0


def test_score_that_says_nothing_has_half_of_everything():
    scan = scan_scores(made_terms(), [0.0, 10.0])
    assert np.allclose(scan["auc"], 0.5, atol=0.03)
    assert np.allclose(scan["er_rejection"], 0.5, atol=0.05)


def test_classifier_is_weighted_as_much_as_it_helps():
    """Only the logit separates: the largest R is best, and no smaller one comes close."""
    scan = scan_scores(made_terms(logit=4.0), [0.0, 1.0, 100.0])
    assert chosen_weights(scan).ratio == 100.0
    assert scan["chosen"].sum() == 1


def test_classifier_that_does_not_help_gets_no_weight():
    scan = scan_scores(made_terms(reconstruction=4.0), [0.0, 0.01, 100.0])
    assert chosen_weights(scan).ratio == 0.0


def test_beta_with_the_better_score_is_chosen():
    terms = made_terms(reconstruction=1.0)
    terms.loc[(terms["beta"] == 2.0) & (terms["recoil"] == 1), "reconstruction"] += 1
    assert chosen_weights(scan_scores(terms, [0.0])).beta == 2.0


def test_rejection_is_counted_at_the_median():
    ts = np.array([0.0, 1, 2, 3, 1.5, 2.5, 9])
    is_nr = np.array([False] * 4 + [True] * 3)
    assert er_rejection(ts, is_nr) == 0.75


@pytest.mark.parametrize("seen", [0, 1])
def test_one_recoil_alone_is_refused(seen):
    terms = made_terms()
    terms["triggered"] &= terms["recoil"] == seen
    with pytest.raises(ValueError, match="events of both recoils"):
        scan_scores(terms, [0.0])
    with pytest.raises(ValueError, match="events of both recoils"):
        scan_scores(terms[:0], [0.0])
