"""Angular response of axes."""

import numpy as np
import pytest

from pipeline.emulsion.axes.angles import (
    angular_response,
    axial_difference_deg,
    sense_row,
    sharper_half,
)
from pipeline.statistics.directional.von_mises import mean_cosine


def test_difference_is_of_axes():
    assert axial_difference_deg([80, -80, 10, 170], [-80, 80, 190, -10]).tolist() == [-20, 20, 0, 0]


def test_response_of_a_known_concentration(rng):
    row = angular_response(np.degrees(rng.vonmises(0, 1.5, 20_000)) / 2)
    assert row["kappa_fit"] == pytest.approx(1.5, abs=4 * row["kappa_fit_err"])
    assert row["mean_cos_2"] == pytest.approx(mean_cosine(1.5), abs=4 * row["mean_cos_2_err"])
    assert row["clusters"] == 20_000


def test_no_information_is_45_deg(rng):
    row = angular_response(rng.uniform(-90, 90, 20_000))
    assert row["median_error_deg"] == pytest.approx(45, abs=1)
    assert abs(row["mean_cos_2"]) < 4 * row["mean_cos_2_err"]


def test_unknown_axes_are_left_out():
    assert angular_response([np.nan, 10.0, -20.0, 40.0])["clusters"] == 3
    assert np.isnan(angular_response([np.nan])["median_error_deg"])


def test_sharper_half_has_the_higher_kappa():
    assert sharper_half(np.array([1, 2, 3, 4]), np.array([0.1, 5, 0.2, 7])).tolist() == [2, 4]


def test_sense_is_right_within_a_quarter_turn():
    row = sense_row([10, 100, -170, np.nan], [-70, 0, 170, 0])
    assert row["sense_right"] == pytest.approx(2 / 3)
    assert row["sense_right_low"] < 2 / 3 < row["sense_right_high"]
