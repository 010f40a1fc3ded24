"""Significances by seed of the networks and by R."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_search import (
    BENCHMARK,
    RATES,
    made_background,
    made_choices,
    made_scores,
    made_weighted,
)

from pipeline.statistics.excess.moments import by_moments
from pipeline.xenon.rates.choices import (
    AT_MEAN,
    DRAWN,
    ENSEMBLE,
    MEAN,
    SPREAD,
    seeds_table,
    triggered,
    with_scores,
)
from pipeline.xenon.rates.weighted_scores import search_samples


def significance(table, networks, test="anomaly"):
    """Value and error of one row."""
    rows = table[(table["networks"] == networks) & (table["test"] == test)]
    return rows[["significance", "significance_err"]].to_numpy().tolist()


def test_mean_and_standard_deviation_are_those_of_the_seeds():
    """3, 4 and 5 sigma: 4 +- 1 / sqrt(3), and 1 +- 1 / 2. The third test has three times that."""
    table = made_choices()["seeds"]
    assert list(table["networks"].unique()) == [
        "seed 1",
        "seed 2",
        "seed 3",
        MEAN,
        SPREAD,
        ENSEMBLE,
    ]
    assert significance(table, "seed 2") == [[4.0, 0.1]]
    assert significance(table, MEAN) == [pytest.approx([4.0, 1 / np.sqrt(3)])]
    assert significance(table, SPREAD) == [pytest.approx([1.0, 0.5])]
    assert significance(table, SPREAD, "likelihood_ratio") == [pytest.approx([3.0, 1.5])]


def test_score_of_the_ensemble_is_the_mean_of_the_scores():
    events = pd.DataFrame({"ts": [1.0, 5.0], "beta": 1.0, "ratio": 3.0})
    other = events.assign(ts=[3.0, -1.0], ratio=10.0)
    seen = []

    def significances(score):
        seen.append(score.tolist())
        return pd.DataFrame({"test": ["anomaly"], "significance": 1.0, "significance_err": 0.1})

    table = seeds_table({1: events, 2: other}, significances).set_index("networks")
    assert seen == [[1, 5], [3, -1], [2, 2]]
    assert table.loc[["seed 1", "seed 2"], "ratio"].tolist() == [3, 10]
    assert table.loc[[MEAN, SPREAD, ENSEMBLE], "ratio"].isna().all()


def test_a_single_seed_has_no_mean():
    events = pd.DataFrame({"ts": [1.0, 5.0], "beta": 1.0, "ratio": 3.0})
    found = pd.DataFrame({"test": ["anomaly"], "significance": 1.0, "significance_err": 0.1})
    assert seeds_table({4: events}, lambda _: found)["networks"].tolist() == ["seed 4"]


def test_weight_changes_the_score_by_the_classifier_alone():
    """TS = 1 KL + 1 / 2 + R ln 2 of events with KL = 1 and p = 1 / 2; R = 2 is chosen."""
    table = made_choices()["ratios"]
    own = table[(table["test"] == "anomaly") & (table["z"] == AT_MEAN)].set_index("ratio")
    expected = [1.5 + ratio * np.log(2) for ratio in (0, 2, 30)]
    np.testing.assert_allclose(own["significance"], expected)
    assert own.index[own["chosen"]].tolist() == [2.0]
    assert (table["beta"] == 1).all()


def test_a_drawn_z_changes_the_reconstruction_alone():
    """From 1 / 2 to 3 / 4."""
    table = made_choices()["ratios"]
    own = table[table["test"] == "anomaly"].set_index(["z", "ratio"])["significance"]
    np.testing.assert_allclose(own[DRAWN] - own[AT_MEAN], 0.25)
    assert list(own[DRAWN].index) == list(own[AT_MEAN].index)


def test_events_that_trigger_are_numbered_over_all_tables(tmp_path):
    scores = made_scores(3).assign(beta=1.0, ratio=2.0, kl=0.0)
    scores = scores.assign(reconstruction=0.0, reconstruction_drawn=0.0)
    scores["triggered"] = [True, False, True, True, False, True]
    paths = [tmp_path / "er.parquet", tmp_path / "nr.parquet"]
    for path, part in zip(paths, (scores[:3], scores[3:]), strict=True):
        part.to_parquet(path)
    found = triggered(list(map(str, paths)))
    assert found["ts"].tolist() == scores.loc[scores["triggered"], "ts"].tolist()
    assert found.index.tolist() == [0, 1, 2, 3]


def test_the_scores_of_the_search_give_its_own_significance():
    """And scores that say nothing give none but that of the count."""
    samples = search_samples(made_weighted(), RATES)
    own = made_background()["ts"].to_numpy()

    def found(samples):
        table = by_moments(samples, BENCHMARK, 20.0, np.random.default_rng(1))
        return table.set_index("test")["significance"]

    again = found(with_scores(samples, own))
    pd.testing.assert_series_equal(again, found(samples))
    shuffled = found(with_scores(samples, np.random.default_rng(2).permutation(own)))
    assert shuffled["counting"] == again["counting"]
    assert shuffled["likelihood_ratio"] == pytest.approx(again["counting"], rel=0.1)
    assert again["likelihood_ratio"] > 2 * again["counting"]
    assert abs(shuffled["shape"]) < 0.1 * again["shape"]
