"""Rejection at the published efficiency, beside published numbers."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_scores import made_predictions

from pipeline.emulsion.config.analysis import Rejection
from pipeline.emulsion.rejection.stage import NEWSDM, rejection_tables
from pipeline.emulsion.rejection.summary import SUMMARY, summary_table


def test_published_numbers_stand_beside_the_same_ions_and_background(rng):
    clusters = [made_predictions(rng, n, 500, n != "fog", 1.0 * (n != "fog")) for n in ("C", "fog")]
    settings = Rejection(efficiencies=(0.3, 0.6, 0.9), goal=3)
    labels = {"score": "mine", "trained_on": ""}
    curves = rejection_tables(pd.concat(clusters), "logit", labels, settings)["rejection"]
    cuts = curves.head(1).assign(score=NEWSDM, efficiency=0.1)
    table = summary_table(pd.concat([curves, cuts], ignore_index=True), {"C": "C100", "fog": "fog"})
    assert list(table) == list(SUMMARY)
    assert table["score"].tolist() == ["mine", NEWSDM]
    assert table["efficiency"].tolist() == [0.6, 0.1]
    assert table["published"][0] == pytest.approx(1 / 2.3e-3)
    assert np.isnan(table["published"][1])
    unnamed = summary_table(curves, {})
    assert unnamed["published"].isna().all()
