"""Figures of the fit of the response, of the gap to simulation and of a network's attention."""

import numpy as np
import pandas as pd
import pytest

from pipeline.gas.evaluation.attention import CENTRE, START
from pipeline.gas.evaluation.direction_stages import FAILURES, OBSERVABLES
from pipeline.gas.figures.attention import draw_attention
from pipeline.gas.figures.detector_fit import draw_detector_fit
from pipeline.gas.figures.direction_stages import draw_direction_stages
from pipeline.gas.figures.domain_gap import draw_domain_gap
from pipeline.gas.figures.fit_corner import draw_fit_corner
from pipeline.gas.figures.gain_map import draw_gain_map
from pipeline.gas.figures.response_sensitivity import draw_response_sensitivity
from pipeline.gas.response.sensitivity import ALL


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
    assert "threshold.electrons\n    1.200 $\\pm$ 0.010, from 0.8" in words
    assert "$\\chi^2$ = 9.5 of 10, p = 0.5" in words


def test_ellipses_project_to_the_errors_and_turn_with_the_correlation(fit):
    pair = pd.DataFrame(
        {
            "parameter": ["threshold.electrons"],
            "other": ["gain.relative_rms"],
            "correlation": [0.8],
        }
    )
    below = draw_fit_corner(fit[0], pair).axes[2]
    for line, sigma in zip(below.lines, (1, 2), strict=False):
        x, y = line.get_xdata() - 1.2, line.get_ydata() - 0.7
        assert np.abs(x).max() == pytest.approx(sigma * 0.01, rel=2e-3)
        assert np.abs(y).max() == pytest.approx(sigma * 0.02, rel=2e-3)
        u, v = x / 0.01, y / 0.02
        chi2 = (u**2 - 1.6 * u * v + v**2) / (1 - 0.8**2)
        assert chi2 == pytest.approx(sigma**2)
    assert below.get_xlabel() == "threshold\nelectrons"


def test_a_corner_of_one_parameter_is_its_density(fit):
    (axis,) = draw_fit_corner(
        fit[0][:1], pd.DataFrame(columns=["parameter", "other", "correlation"])
    ).axes
    assert axis.get_xlim() == pytest.approx((1.172, 1.228))


def test_a_panel_for_each_kind_of_features(growth):
    panels = draw_domain_gap(growth).axes
    assert [axis.get_title() for axis in panels] == ["summaries", "activations"]
    assert panels[1].lines[0].get_ydata().tolist() == [0.03, 0.01]


@pytest.fixture
def gains():
    pixels = {"pixel_x": [0, 0, 1, 1, 2, 2], "pixel_y": [0, 1] * 3}
    values = {"gain": [1.1, 0.9, np.nan, 1, 1.2, 1], "gain_err": [0.1, 0.1, np.nan, 0.2, 0.1, 0.1]}
    fit = {"chi2": 9.5, "degrees_of_freedom": 15, "p_value": 0.8, "events": 500}
    return pd.DataFrame({**pixels, **values}).assign(**fit)


def test_each_pixel_has_its_gain(gains):
    image, _, _ = draw_gain_map(gains).axes
    drawn = image.images[0].get_array().filled(np.nan)
    np.testing.assert_array_equal(drawn, [[1.1, np.nan, 1.2], [0.9, 1, 1]])


@pytest.fixture
def looks():
    places = ["head 1", "head 2", CENTRE, START]
    columns = {"true_mm": [1, 2, 20, 3], "predicted_mm": [2, 4, 19, 0]}
    errors = {"true_mm_err": 0.1, "predicted_mm_err": 0.2}
    sets = np.repeat(["like_run7", "run7"], 4)
    return pd.DataFrame({k: v * 2 for k, v in {"place": places, **columns}.items()}).assign(
        set=sets, **errors
    )


@pytest.fixture
def decided():
    stages = {"true": [2, 0.1, 3, 1] * 2, "true_err": 0.1, "expected": [1, 0.1, 3, 1] * 2}
    names = {"set": np.repeat(["ideal", "run7"], 4), "quantity": list(OBSERVABLES) * 2}
    shares = {"contribution": [0.1, 0.2, 0.3, 0.4, 0, 0, 0.1, 0.1], "contribution_err": 0.01}
    first = {"set": np.repeat(["ideal", "run7"], 4), "first_failure": list(FAILURES) * 2}
    return pd.DataFrame({**names, **stages}), pd.DataFrame({**first, **shares})


@pytest.fixture
def systematic():
    columns = {
        "parameter": ["gain.relative_rms", ALL],
        "value": [0.5, np.nan],
        "slope": [0.2, np.nan],
        "slope_err": [0.01, np.nan],
        "systematic": [0.003, 0.004],
        "systematic_err": 0.001,
        "cosine_distance_err": 0.005,
    }
    return pd.concat([pd.DataFrame({"method": name, **columns}) for name in ("UNet", "Non-ML")])


def test_slopes_are_for_one_per_cent_of_the_parameter(systematic):
    slopes, errors = draw_response_sensitivity(systematic).axes
    assert slopes.lines[0].get_xdata()[0] == pytest.approx(1e3 * 0.01 * 0.5 * 0.2)
    assert errors.lines[0].get_xdata().tolist() == [0.003, 0.004]


def test_heads_are_drawn_without_the_other_places(looks):
    true, predicted = draw_attention(looks).axes
    assert true.lines[0].get_ydata().tolist() == [1, 2]
    assert predicted.lines[0].get_ydata().tolist() == [2, 4]


def test_failures_are_stacked_to_the_cosine_distance(decided):
    bars, ratios = draw_direction_stages(*decided).axes
    tops = [patch.get_y() + patch.get_height() for patch in bars.patches]
    assert tops[-2:] == pytest.approx([1.0, 0.2])
    assert ratios.lines[0].get_ydata().tolist() == [2, 2]


def test_all_can_be_saved(fit, gains, growth, looks, decided, systematic, check_figure):
    check_figure("detector_fit", lambda: draw_detector_fit(*fit))
    none = pd.DataFrame(columns=["parameter", "other", "correlation"])
    check_figure("fit_corner", lambda: draw_fit_corner(fit[0][:1], none))
    check_figure("gain_map", lambda: draw_gain_map(gains))
    check_figure("domain_gap", lambda: draw_domain_gap(growth))
    check_figure("attention", lambda: draw_attention(looks))
    check_figure("direction_stages", lambda: draw_direction_stages(*decided))
    check_figure("response_sensitivity", lambda: draw_response_sensitivity(systematic))
