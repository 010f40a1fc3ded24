"""The command that scores a submission: a table, or one line that says what is wrong."""

import pandas as pd
import pytest
from helpers.made_release import STUDY, finish_study

from pipeline import score_submission
from pipeline.gas.release.build import build_release


@pytest.fixture
def score(tmp_path, monkeypatch):
    """(method's predictions, split by split) -> the command has scored them."""
    monkeypatch.chdir(tmp_path)
    paths = finish_study(STUDY)
    build_release(paths, "study.yaml")

    def run(tests):
        own = [pd.read_parquet(paths.prediction(t, "RCN")).assign(split=t) for t in tests]
        pd.concat(own).to_parquet("mine.parquet")
        monkeypatch.setattr("sys.argv", ["score_submission", "results/release", "mine.parquet"])
        score_submission.main()

    return run


def test_scores_are_printed(score, capsys):
    score(["like", "narrow"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["score", "kind", "events", "cosine_distance", "cosine_distance_err"]
    assert "nominal score" in lines[3]
    assert "worst-shift score" in lines[4]


def test_a_bad_submission_is_one_line(score):
    with pytest.raises(SystemExit, match=r"^error: mine\.parquet: 40 of 80 events are missing"):
        score(["like"])
