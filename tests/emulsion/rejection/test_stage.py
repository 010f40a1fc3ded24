"""Tables of rejection by pair of samples."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_observables import made_observables

from pipeline.emulsion.config.analysis import DenseBaseline, Rejection
from pipeline.emulsion.rejection.stage import (
    DENSE,
    NEWSDM,
    SHIFT,
    baseline_from_files,
    rejection_tables,
)

SETTINGS = Rejection(efficiencies=(0.3, 0.6), goal=100, baseline=DenseBaseline(epochs=1))


def made_scores(rng):
    samples = {"C30": (1, 1), "C100": (1, 3), "fog": (0, 0), "Co60": (0, 1)}
    return pd.concat(
        [
            pd.DataFrame({"sample": name, "label": label, "logit": rng.normal(mean, 1, 2000)})
            for name, (label, mean) in samples.items()
        ]
    )


def test_every_signal_meets_every_background(rng):
    labels = {"score": "harmonic", "trained_on": "C, fog"}
    tables = rejection_tables(made_scores(rng), "logit", labels, SETTINGS)
    curve = tables["rejection"].set_index(["signal", "background", "efficiency"])["rejection"]
    assert len(curve) == 2 * 2 * 2
    assert curve["C100", "fog", 0.6] > curve["C100", "Co60", 0.6] > curve["C30", "Co60", 0.6]
    goal = tables["goal"].set_index(["signal", "background"])
    assert goal.loc[("C100", "fog"), "efficiency"] > goal.loc[("C30", "fog"), "efficiency"]
    assert set(tables["rejection"]["trained_on"]) == {"C, fog"}


def test_mixed_and_missing_samples_are_refused(rng):
    scores = made_scores(rng)
    with pytest.raises(ValueError, match="'one' has signal and background"):
        rejection_tables(scores.assign(sample="one"), "logit", {}, SETTINGS)
    with pytest.raises(ValueError, match="no test sample of background"):
        rejection_tables(scores[scores["label"] == 1], "logit", {}, SETTINGS)


def test_baseline_of_files(rng, tmp_path):
    inputs, params = {}, {"rejection": SETTINGS.plain(), "seed": 1}
    for kind in ("test", "train"):
        samples = {f"{kind}_C": 1, f"{kind}_fog": 0}
        inputs[kind], params[f"{kind}_samples"] = [], list(samples)
        for name, label in samples.items():
            path = tmp_path / f"{name}.parquet"
            made_observables(rng, 1000, label, name).drop(columns="sample").to_parquet(path)
            inputs[kind].append(str(path))
    tables = baseline_from_files(inputs, params)
    rows = tables["rejection"].set_index("score")
    assert (rows["signal"] == "test_C").all()
    assert rows.loc[DENSE, "rejection"].min() > rows.loc[SHIFT, "rejection"].max()
    assert set(rows.loc[DENSE, "trained_on"]) == {"train_C, train_fog"}
    # The cuts are one point, with their own efficiency: P(exp(x) > 2) at mean one.
    assert rows.loc[NEWSDM, "efficiency"] == pytest.approx(0.62, abs=0.05)
    assert np.isfinite(tables["goal"]["efficiency"]).all()
