"""Systematic errors of methods whose slopes are known."""

import numpy as np
import pandas as pd
import pytest

from pipeline.gas.response.fit import Fit
from pipeline.gas.response.sensitivity import (
    ALL,
    Cosines,
    Parameters,
    covariance_of,
    needed_with_systematic,
    sensitivity_table,
)

NAMES = ["gain.relative_rms", "threshold.electrons"]
COVARIANCE = np.array([[0.04, 0.012], [0.012, 0.01]])
SLOPES = np.array([0.3, -0.1])


def cosines(slopes, rng, n=500, spread=0.0):
    """Events of cosine distance 0.2 on average, whose own slopes scatter about the mean ones."""
    nominal = 0.8 + 0.05 * rng.normal(size=n)
    own = slopes + spread * rng.normal(size=(n, 2))
    return Cosines(nominal, nominal[:, None] + own * STEPS, nominal[:, None] - own * STEPS)


STEPS = np.array([0.1, 0.2])
PARAMETERS = Parameters(NAMES, np.array([0.7, 1.2]), COVARIANCE, STEPS)


def test_the_errors_are_those_of_the_slopes(rng):
    table = sensitivity_table({"one": cosines(SLOPES, rng)}, PARAMETERS).set_index("parameter")
    assert table.loc[NAMES, "slope"].tolist() == pytest.approx(SLOPES)
    assert table.loc[NAMES, "systematic"].tolist() == pytest.approx([0.3 * 0.2, 0.1 * 0.1])
    # Opposite slopes of parameters that rise together cancel in part.
    expected = np.sqrt(0.3**2 * 0.04 - 2 * 0.3 * 0.1 * 0.012 + 0.1**2 * 0.01)
    assert table.loc[ALL, "systematic"] == pytest.approx(expected)
    assert table.loc[ALL, "systematic_err"] == pytest.approx(0, abs=1e-9)
    mean = 1 - table.loc[ALL, "cosine_distance"]
    assert table.loc[ALL, "needed_relative_err"] == pytest.approx(2 * expected / mean)


def test_errors_of_the_slopes_are_those_of_repeated_samples(rng):
    tables = [
        sensitivity_table({"one": cosines(SLOPES, rng, 50, spread=0.5)}, PARAMETERS)
        for _ in range(300)
    ]
    found = pd.concat(tables).groupby("parameter", sort=False)
    for column in ("slope", "systematic"):
        names = NAMES if column == "slope" else [ALL]
        spread = found[column].std()[names]
        assert found[f"{column}_err"].mean()[names].tolist() == pytest.approx(spread, rel=0.15)


def test_events_that_are_omitted_in_a_variant_are_left_out(rng):
    whole = cosines(SLOPES, rng)
    high = whole.high.copy()
    high[:100, 1] = np.nan
    table = sensitivity_table({"one": Cosines(whole.nominal, whole.low, high)}, PARAMETERS)
    assert (table["events"] == 400).all()
    assert table["cosine_distance"].iloc[0] == pytest.approx(1 - whole.nominal[100:].mean())


def test_a_method_that_does_not_depend_on_the_response_has_no_error(rng):
    table = sensitivity_table({"one": cosines(np.zeros(2), rng)}, PARAMETERS)
    assert table["systematic"].tolist() == [0, 0, 0]
    assert table["systematic_err"].tolist() == [0, 0, 0]


def test_the_covariance_is_that_of_the_fit():
    moments = pd.DataFrame({"summary": ["ln_charge"], "pull_after": [0.0]})
    fit = Fit(NAMES, np.ones(2), np.ones(2), COVARIANCE, 1.0, 1, 100, 300, moments)
    assert covariance_of(fit.table(), fit.correlation_table()) == pytest.approx(COVARIANCE)


def test_recoils_needed_have_both_errors(rng):
    table = sensitivity_table({"one": cosines(SLOPES, rng)}, PARAMETERS)
    rows = {"method": "one", "signal_fraction": 0.5, "statistic": "dipole", "level": "3 sigma"}
    needed = pd.DataFrame([rows] * 3).assign(
        fraction_cut=[0.0, 0.2, 0.0],
        beyond=["no", "no", "above grid"],
        events=90.0,
        recoils=100.0,
        recoils_err=10.0,
    )
    (row,) = needed_with_systematic(needed, table).to_dict("records")
    assert row["recoils_err"] == pytest.approx(10)
    relative = table["needed_relative_err"].iloc[-1]
    assert row["recoils_systematic"] == pytest.approx(100 * relative)
