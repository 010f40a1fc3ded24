import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import scattered, spread_kappas

from pipeline.statistics.directional.calibration import (
    kappa_angle_histogram,
    kappa_calibration,
    kappa_edges,
)
from pipeline.statistics.directional.predictions import PREDICTED, TRUE
from pipeline.statistics.directional.vmf import cosine_variance

EVENTS = 40_000
KAPPA = spread_kappas(EVENTS, least=1.0)


@pytest.fixture(scope="module")
def calibrated():
    return scattered(KAPPA, KAPPA, np.random.default_rng(2))


def test_a_calibrated_method_lies_on_both_lines(calibrated) -> None:
    edges = kappa_edges(calibrated, 20, 0.99)
    table = kappa_calibration(calibrated, edges, 100).dropna()
    assert len(table) > 12
    angle_pull = (table["mean_angle_deg"] - table["expected_angle_deg"]) / table[
        "mean_angle_err_deg"
    ]
    kappa_pull = (table["kappa_fit"] - table["kappa_mean"]) / table["kappa_fit_err"]
    for pull in (angle_pull, kappa_pull):
        assert pull.abs().max() < 4.5
        # chi2 over 12 bins or more: between 0.3 and 2.2 per bin at much better than 99.9 %.
        assert 0.2 < (pull**2).mean() < 2.5


def test_overconfidence_is_seen() -> None:
    boasting = scattered(KAPPA, 1.5 * KAPPA, np.random.default_rng(3))
    table = kappa_calibration(boasting, kappa_edges(boasting, 20, 0.99), 100)
    full = table.dropna()
    assert (full["mean_angle_deg"] > full["expected_angle_deg"]).all()
    np.testing.assert_allclose(
        np.average(full["kappa_fit"] / full["kappa_mean"], weights=full["events"]),
        1 / 1.5,
        rtol=0.03,
    )


def test_events_fall_into_their_bins(calibrated) -> None:
    edges = kappa_edges(calibrated, 10, 0.9)
    table = kappa_calibration(calibrated, edges, 100)
    assert table["events"].sum() == pytest.approx(0.9 * EVENTS, abs=2)
    inside = table.dropna()
    assert inside["kappa_mean"].between(inside["kappa_low"], inside["kappa_high"]).all()


def test_sparse_and_empty_bins_have_no_fit(calibrated) -> None:
    edges = np.array([0.0, 0.5, 1e3])
    table = kappa_calibration(calibrated.head(50), edges, 100)
    assert list(table["events"]) == [0, 50]
    assert table["kappa_fit"].isna().all()
    assert np.isnan(table["mean_angle_deg"].iloc[0])


def test_the_histogram_holds_every_event_once(calibrated) -> None:
    edges = kappa_edges(calibrated, 8, 1.0)
    table = kappa_angle_histogram(calibrated, edges, 12)
    assert len(table) == 8 * 12
    assert table["events"].sum() == EVENTS
    per_bin = table.groupby("kappa_low")["events"].sum().to_numpy()
    expected, _ = np.histogram(calibrated["kappa"].astype(float), edges)
    np.testing.assert_array_equal(per_bin, expected)
    spread = table[table["events"] > 0].groupby("kappa_low")["angle_high_deg"].max()
    assert spread.iloc[0] > spread.iloc[-1]


def test_omitted_events_enter_nothing(calibrated) -> None:
    some = calibrated.head(1000).copy()
    some.loc[:99, ["pred_x", "pred_y", "pred_z"]] = np.nan
    edges = kappa_edges(some, 4, 1.0)
    assert kappa_calibration(some, edges, 10)["events"].sum() in (899, 900)
    assert kappa_angle_histogram(some, edges, 6)["events"].sum() == 900


def test_a_method_without_kappa_is_refused(calibrated) -> None:
    with pytest.raises(ValueError, match="predicts kappa"):
        kappa_edges(calibrated.assign(kappa=np.nan), 10, 0.9)


@pytest.mark.parametrize("kappa", [0.0, 0.7])
def test_one_kappa_for_all_events_is_one_full_bin(kappa):
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((2, 200, 3))
    true, predicted = vectors / np.linalg.norm(vectors, axis=2, keepdims=True)
    table = pd.DataFrame(
        np.hstack([true, predicted, np.full((200, 1), kappa)]), columns=[*TRUE, *PREDICTED, "kappa"]
    ).assign(source="made", event_id=range(200))
    edges = kappa_edges(table, 5, 0.995)
    calibration = kappa_calibration(table, edges, 30)
    histogram = kappa_angle_histogram(table, edges, 10)
    assert calibration["events"].sum() == histogram["events"].sum() == 200
    assert (np.diff(edges) > 0).all()


def test_errors_are_those_of_independent_tracks(calibrated):
    """Each event twice says no more than once."""
    edges = kappa_edges(calibrated, 10, 0.9)
    once, twice = (
        kappa_calibration(table, edges, 10).query("events > 1000")
        for table in (calibrated, pd.concat([calibrated, calibrated]))
    )
    for name in ("mean_angle_err_deg", "kappa_fit_err"):
        np.testing.assert_allclose(twice[name], once[name], rtol=1e-9)
    # Right densities: the Fisher information of an angle, A'(kappa) (Mardia & Jupp 2000).
    fisher = (once["events"] * cosine_variance(once["kappa_fit"])) ** -0.5
    np.testing.assert_allclose(once["kappa_fit_err"], fisher, rtol=0.1)
