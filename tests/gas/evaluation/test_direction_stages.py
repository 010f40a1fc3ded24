"""Observables of the stages of a decision, and the stage that fails first."""

import numpy as np
import pytest
from helpers.made_predictions import around_z, drawn, mixtures, scattered

from pipeline.gas.evaluation.direction_stages import (
    FAILURES,
    axis_distance,
    decisions,
    failure_table,
    stage_table,
)
from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import with_start


def made(cosine, start_mm, kappa=10.0):
    """Events with these cosines, and predicted starts so far from the true ones."""
    n = len(cosine)
    table = around_z(np.array(cosine, float), np.full(n, kappa))
    return decisions(
        with_start(table, np.outer(start_mm, [1e3, 0, 0]), np.full(n, 2e3)), np.zeros((n, 3))
    )


def test_the_first_stage_that_fails_is_the_cause():
    found = made([-0.9, -0.9, 0.5, 0.5, 0.99], [9, 1, 9, 1, 1])
    names = [FAILURES[i] for i in found.failures(start_mm=5, axis_deg=30)]
    assert names == ["start", "head-tail", "start", "axis", "none"]


def test_contributions_add_up_to_the_cosine_distance():
    cosine = [-0.9, -0.9, 0.5, 0.99]
    table = failure_table({"here": made(cosine, [9, 1, 1, 1])}, 5, 30).set_index("first_failure")
    assert table["contribution"].sum() == pytest.approx(1 - np.mean(cosine))
    assert table.loc["head-tail", "contribution"] == pytest.approx(1.9 / 4)
    assert table["share"].tolist() == [0.25] * 4
    assert table["events"].tolist() == [1] * 4
    # Standard deviation of one 1 and three 0, over the root of four.
    assert table["share_err"].tolist() == pytest.approx([0.25] * 4)


def test_right_densities_expect_what_is_true(rng):
    n = 20_000
    kappa = rng.uniform(1, 20, n)
    error_um = rng.uniform(500, 3000, n)
    table = with_start(
        scattered(kappa, kappa, rng), error_um[:, None] * rng.normal(size=(n, 3)), error_um
    )
    rows = stage_table({"here": decisions(table, np.zeros((n, 3)))}, "here")
    assert len(rows) == 4
    assert (abs(rows["true"] - rows["expected"]) < 4 * rows["true_err"]).all()
    assert (rows["true_err"] < 0.1 * rows["true"]).all()
    assert (rows["shift"] == 0).all()


def test_the_axis_of_antipodal_components_is_their_common_one(rng):
    n = 20_000
    pole = np.tile([0.0, 0.0, 1.0], (n, 1))
    both = Density(
        np.stack([pole, -pole], 1), np.tile([8.0, 3.0], (n, 1)), np.tile([0.7, 0.3], (n, 1))
    )
    distance = 1 - np.abs(drawn(both, rng)[:, 2])
    expected = axis_distance(both)
    assert expected[0] == pytest.approx(distance.mean(), abs=4 * distance.std() / np.sqrt(n))
    assert axis_distance(mixtures(5, rng)).shape == (5,)


def test_measured_events_have_expectations_only():
    unknown = made([0.9] * 3, [1] * 3)
    blind = type(unknown)(np.full(3, np.nan), np.full(3, np.nan), unknown.expected)
    rows = stage_table({"here": made([0.9] * 3, [1] * 3, kappa=20.0), "run7": blind}, "here")
    run7 = rows[rows["set"] == "run7"]
    assert run7["true"].isna().all()
    assert (run7.set_index("quantity").loc["cosine_distance", "shift"]) > 0
    assert failure_table({"run7": blind}, 5, 30).empty
