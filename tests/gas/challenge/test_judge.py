"""The share of solar recoils from the mean cosine, and the verdict."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import around_z

from pipeline.gas.challenge.judge import FRACTION, solar_fraction, verdict
from pipeline.physics.solar_neutrinos import recoil_angles


def test_the_fraction_is_the_mean_cosine_over_that_of_signal():
    solar = recoil_angles(50).mean_cosine
    simulated = around_z(np.tile([0.7, 0.9], 50))
    row = pd.Series(
        {"statistic": 0.3 * solar * 0.8 - 0.02, "statistic_err": 0.01, "background": -0.02}
    )
    share, error = solar_fraction(row, simulated, 50)
    assert share == pytest.approx(0.3)
    of_method = 0.3 * 0.1 / np.sqrt(99) / 0.8
    assert error == pytest.approx(np.hypot(0.01 / (solar * 0.8), of_method), rel=1e-3)


def test_pulls_decide():
    fit = pd.DataFrame({"parameter": ["a", "b"], "value": [1.0, 5.0], "value_err": [0.1, 0.1]})
    table = verdict({"a": 1.29, "b": 4.69, FRACTION: 0.2}, fit, (0.45, 0.1), 7, 0.01)
    assert table["pull"].tolist() == pytest.approx([-2.9, 3.1, 2.5])
    assert table["passed"].tolist() == [True, False, False]
    assert table["seed"].eq(7).all()
    assert table["p_value"].eq(0.01).all()
