"""Figures of the fit of the response and of the gap between data and simulation."""

import numpy as np
import pandas as pd
import pytest

from pipeline.gas.figures.detector_fit import draw_detector_fit
from pipeline.gas.figures.domain_gap import draw_domain_gap


@pytest.fixture
def fit():
    parameters = pd.DataFrame(
        {
            "parameter": ["threshold.electrons", "gain.relative_rms"],
            "start": [0.8, 0.4],
            "value": [1.2, 0.7],
            "value_err": [0.01, 0.02],
            "chi2": 9.5,
            "degrees_of_freedom": 10,
            "p_value": 0.5,
            "events": 400,
        }
    )
    moments = pd.DataFrame(
        {"summary": ["ln_voxels", "ln_charge"], "pull_before": [-80, 4], "pull_after": [0.5, -1]}
    )
    return parameters, moments


@pytest.fixture
def growth():
    rows = {"events": [50, 100] * 2, "energy_distance": [0.1, 0.2, 0.03, 0.01]}
    null = {"null_low": 0.01, "null_high": [0.05, 0.03] * 2}
    return pd.DataFrame({"quantity": np.repeat(["summaries", "activations"], 2), **rows, **null})


def test_pulls_and_parameters_are_those_of_the_tables(fit):
    pulls, text = draw_detector_fit(*fit).axes
    assert [line.get_xdata().tolist() for line in pulls.lines[:2]] == [[-80, 4], [0.5, -1]]
    (words,) = (artist.get_text() for artist in text.texts)
    assert "threshold.electrons\n    1.2 $\\pm$ 0.01, from 0.8" in words
    assert "$\\chi^2$ = 9.5 of 10, p = 0.5" in words


def test_a_panel_for_each_kind_of_features(growth):
    panels = draw_domain_gap(growth).axes
    assert [axis.get_title() for axis in panels] == ["summaries", "activations"]
    assert panels[1].lines[0].get_ydata().tolist() == [0.03, 0.01]


def test_both_can_be_saved(fit, growth, check_figure):
    check_figure("detector_fit", lambda: draw_detector_fit(*fit))
    check_figure("domain_gap", lambda: draw_domain_gap(growth))
