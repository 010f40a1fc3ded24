"""Scores of submissions, and what is told of bad ones."""

import numpy as np
import pandas as pd
import pytest

from pipeline.gas.release.score import matched, score_submission, scores
from pipeline.statistics.directional.predictions import PREDICTED, TRUE

TESTS = ("like", "narrow")


@pytest.fixture
def score(released, tmp_path):
    """(submission, ending) -> its scores by name."""

    def run(submission, ending="parquet"):
        path = tmp_path / f"mine.{ending}"
        if ending == "csv":
            submission.to_csv(path, index=False)
        else:
            submission.to_parquet(path)
        return score_submission(released / "results/release", path).set_index("score")

    return run


@pytest.fixture
def truth(released):
    """The truth as a submission."""
    files = (released / f"results/release/truth/{split}.parquet" for split in TESTS)
    tables = [pd.read_parquet(f).assign(split=split) for f, split in zip(files, TESTS, strict=True)]
    table = pd.concat(tables, ignore_index=True)
    names = {f"direction_{axis}": f"pred_{axis}" for axis in "xyz"}
    return table.rename(columns=names)[["split", "source", "event_id", *PREDICTED]]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_truth_gives_0(score, truth, ending):
    found = score(truth.sample(frac=1, random_state=1), ending)
    assert list(found.index) == ["like", "narrow", "nominal score", "worst-shift score"]
    np.testing.assert_allclose(found["cosine_distance"], 0, atol=1e-6)
    assert found["kind"].tolist() == ["nominal", "shifted"] * 2


def test_the_opposite_gives_2(score, truth):
    found = score(truth.assign(**{name: -truth[name] for name in PREDICTED}))
    np.testing.assert_allclose(found["cosine_distance"], 2, atol=1e-6)


def test_own_predictions_give_the_row_of_the_summary(score, released):
    summary = pd.read_csv(released / "results/gas/tables/summary.csv")
    row = summary[summary["method"] == "RCN"].set_index("test_set")["cosine_distance"]
    files = {test: released / f"results/gas/predictions/{test}/RCN.parquet" for test in TESTS}
    own = [pd.read_parquet(file).assign(split=test) for test, file in files.items()]
    found = score(pd.concat(own))["cosine_distance"]
    assert found["like"] == pytest.approx(row["like"], rel=1e-12)
    assert found["narrow"] == pytest.approx(row["narrow"], rel=1e-12)
    assert found["nominal score"] == found["like"]
    assert found["worst-shift score"] == found["narrow"]


def isotropic(rng, n):
    vectors = rng.normal(size=(n, 3))
    return vectors / np.linalg.norm(vectors, axis=1)[:, None]


def made_events(rng, n, splits):
    """Isotropic guesses of the same n tracks in each split."""
    true = dict(zip(TRUE, isotropic(rng, n).T, strict=True))
    tables = [
        pd.DataFrame({"split": split, "source": "made", "event_id": np.arange(n), **true}).assign(
            **dict(zip(PREDICTED, isotropic(rng, n).T, strict=True))
        )
        for split in splits
    ]
    return pd.concat(tables, ignore_index=True)


def test_isotropic_guesses_give_1_with_the_error_of_their_number():
    events = made_events(np.random.default_rng(1), 3000, ["a", "b", "c"])
    found = scores(events, {"a": "nominal", "b": "nominal", "c": "shifted"}).set_index("score")
    error = np.sqrt(1 / 3 / 3000)  # the variance of a cosine is 1/3
    for name in "abc":
        assert abs(found.loc[name, "cosine_distance"] - 1) < 4 * error
        assert found.loc[name, "cosine_distance_err"] == pytest.approx(error, rel=0.1)
    nominal = found.loc["nominal score"]
    assert nominal["cosine_distance"] == pytest.approx(found["cosine_distance"][["a", "b"]].mean())
    assert nominal["cosine_distance_err"] == pytest.approx(error / np.sqrt(2), rel=0.1)


def test_a_mean_over_the_same_tracks_has_the_error_of_one_split():
    events = made_events(np.random.default_rng(1), 2000, ["a"])
    twice = pd.concat([events, events.assign(split="b")])
    found = scores(twice, {"a": "nominal", "b": "nominal"}).set_index("score")
    assert list(found.index) == ["a", "b", "nominal score"]
    errors = found["cosine_distance_err"]
    assert errors["nominal score"] == pytest.approx(errors["a"], rel=1e-9)


def test_the_worst_shift_is_the_largest():
    events = made_events(np.random.default_rng(1), 50, ["a", "b"])
    events.loc[events["split"] == "a", PREDICTED] = events[TRUE].to_numpy()[:50]
    found = scores(events, {"a": "shifted", "b": "shifted"}).set_index("score")["cosine_distance"]
    assert found["worst-shift score"] == found["b"] > found["a"]


def test_event_ids_alone_are_enough_where_they_are_unique(score, truth):
    assert score(truth.drop(columns="source"))["cosine_distance"].max() < 1e-6


def with_value(table, row, column, value):
    table = table.copy()
    table[column] = table[column].astype(object)
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda t: t.drop(index=[41, 50]), r"2 of 80 .* first is split narrow, source test, "),
        (lambda t: pd.concat([t, t[3:4]]), r"row 81 \(split like, .*before; expected one row"),
        (lambda t: with_value(t, 4, "event_id", 777), r"row 5 \(.*event_id 777\): no such event"),
        (lambda t: with_value(t, 4, "split", "train"), r"row 5 .*no such split; expected like, n"),
        (lambda t: with_value(t, 4, "pred_x", 3.0), r"row 5 .*pred_z of a unit vector"),
        (lambda t: with_value(t, 4, "pred_y", np.nan), r"row 5 .*pred_z of a unit vector"),
        (lambda t: with_value(t, 4, "pred_z", "up"), r"row 5 .*pred_z of a unit vector"),
        (lambda t: t.drop(columns="pred_y"), r"columns pred_y are missing; expected split, source"),
    ],
)
def test_a_bad_submission_is_told_with_its_row(score, truth, spoil, told):
    with pytest.raises(ValueError, match=rf"mine\.csv: .*{told}"):
        score(spoil(truth), "csv")


def test_the_source_is_needed_where_event_ids_are_not_unique(truth):
    two = pd.concat([truth, truth.assign(source="other")])
    with pytest.raises(ValueError, match=r"mine\.csv: column source is missing"):
        matched(truth.drop(columns="source"), two, "mine.csv")


def test_files_of_another_kind_are_named(released, tmp_path):
    text = tmp_path / "mine.parquet"
    text.write_text("split,event_id")
    with pytest.raises(ValueError, match=r"mine\.parquet: not a readable Parquet or CSV table"):
        score_submission(released / "results/release", text)
    with pytest.raises(ValueError, match=r"splits\.csv: there is no such file; name the folder"):
        score_submission(released, text)
