"""Calibrated densities are found calibrated, others are not; errors are those of tracks."""

import numpy as np
import pandas as pd
import pytest
from helpers import made_predictions as made

from pipeline.statistics.directional import density
from pipeline.statistics.directional.coverage import (
    PIT_BINS,
    calibration_numbers,
    head_tail_table,
    kappa_factor,
    pit_histogram,
)
from pipeline.statistics.directional.density import LEVELS, Density
from pipeline.statistics.directional.predictions import PREDICTED, cosines
from pipeline.statistics.directional.vmf import fit_kappa_factor

EVENTS = 4000


@pytest.fixture(scope="module")
def tables():
    """The same true directions with the right densities and with three that are wrong."""
    rng = np.random.default_rng(1)
    true = made.mixtures(EVENTS, rng)
    truth = made.drawn(true, rng)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(density, "POINTS", 200)
        return {
            "right": made.of_mixtures(true, truth),
            "boasting": made.of_mixtures(true.scaled(1.4), truth),
            "modest": made.of_mixtures(true.scaled(0.7), truth),
            "one component": made.of_mixtures(Density.single(*true.mean()), truth),
        }


def pulls(numbers):
    """(found - nominal) / error of the coverages and of the head-tail."""
    coverages = [f"coverage_{round(100 * level)}" for level in LEVELS]
    expected = [*LEVELS, numbers["head_tail_predicted"]]
    found = [numbers[name] for name in (*coverages, "head_tail_observed")]
    errors = [numbers[f"{name}_err"] for name in (*coverages, "head_tail_observed")]
    return (np.array(found) - expected) / errors


def test_right_mixtures_are_found_calibrated(tables) -> None:
    numbers = calibration_numbers(tables["right"])
    assert numbers["events"] == EVENTS
    assert np.abs(pulls(numbers)).max() < 3
    assert abs(numbers["kappa_factor"] - 1) < 3 * numbers["kappa_factor_err"]
    assert numbers["pit_ks_p"] > 0.01
    pit = pit_histogram(tables["right"])
    chi2 = (((pit["share"] - 1 / PIT_BINS) / pit["share_err"]) ** 2).sum()
    assert chi2 < 45  # p = 0.001 for 20 bins


@pytest.mark.parametrize(("name", "sign"), [("boasting", -1), ("modest", 1)])
def test_wrong_widths_are_found(tables, name, sign) -> None:
    numbers = calibration_numbers(tables[name])
    assert (sign * pulls(numbers)[:3] > 5).all()
    # The mean vector, and with it this factor, is that of the broad components above all.
    assert sign * (numbers["kappa_factor"] - 1) > 3 * numbers["kappa_factor_err"]
    assert numbers["pit_ks_p"] < 1e-6


def test_a_wrong_shape_is_found_where_the_mean_kappa_is_right(tables) -> None:
    """One component of the right mean vector: only PIT and coverage tell."""
    numbers = calibration_numbers(tables["one component"])
    assert abs(numbers["kappa_factor"] - 1) < 3 * numbers["kappa_factor_err"]
    assert numbers["pit_ks_p"] < 1e-6
    assert pulls(numbers)[0] > 5
    worst = pit_histogram(tables["one component"]).iloc[-1]
    assert worst["share"] - 1 / PIT_BINS > 3 * worst["share_err"]


def test_wrong_senses_are_as_frequent_as_predicted(tables) -> None:
    right = head_tail_table(tables["right"]).query("events > 50")
    assert len(right) > 3
    pull = (right["wrong_observed"] - right["wrong_predicted"]) / np.sqrt(
        right["wrong_predicted"] * (1 - right["wrong_predicted"]) / right["events"]
    )
    assert pull.abs().max() < 3.5
    said = head_tail_table(tables["right"])
    assert said["events"].sum() == EVENTS
    blind = head_tail_table(tables["one component"].assign(head_tail_probability=0.9999))
    (row,) = blind.query("events > 0").to_dict("records")
    assert row["wrong_observed"] > 0.01 > row["wrong_predicted"]
    assert blind["wrong_observed"].isna().sum() == len(blind) - 1


@pytest.fixture(scope="module")
def views():
    """Two views each of 1000 tracks, whose angles are nearly the same."""
    rng = np.random.default_rng(2)
    kappa = made.spread_kappas(1000, least=1.0)
    first = made.scattered(kappa, kappa, rng)
    return pd.concat([first, made.stated(first, 1.1 * kappa)], ignore_index=True)


def test_errors_are_those_of_resampled_tracks(views) -> None:
    numbers = calibration_numbers(views)
    rng = np.random.default_rng(3)
    cosine, kappa = cosines(views), views["kappa"].to_numpy()
    inside = (views["pit"] <= 0.68).to_numpy()
    replicas = []
    for _ in range(300):
        track = rng.integers(0, 1000, 1000)
        rows = np.concatenate([track, track + 1000])
        replicas.append((fit_kappa_factor(cosine[rows], kappa[rows])[0], inside[rows].mean()))
    factor_err, coverage_err = np.std(replicas, axis=0)
    assert numbers["kappa_factor_err"] == pytest.approx(factor_err, rel=0.15)
    assert numbers["coverage_68_err"] == pytest.approx(coverage_err, rel=0.15)
    assert np.isnan(numbers["pit_ks_p"])
    # Two views of a track say hardly more than one.
    _, alone = kappa_factor(views.iloc[:1000])
    assert numbers["kappa_factor_err"] == pytest.approx(alone, rel=0.2)


def test_binomial_errors_where_every_event_is_another_track(views) -> None:
    some = views.iloc[:1000]
    numbers = calibration_numbers(some)
    share = numbers["coverage_90"]
    assert numbers["coverage_90_err"] == pytest.approx(np.sqrt(share * (1 - share) / 999))
    assert numbers["pit_ks_p"] > 0


def test_omitted_events_enter_nothing(views) -> None:
    some = views.iloc[:1000].copy()
    some.loc[:99, [*PREDICTED, "pit"]] = np.nan
    assert calibration_numbers(some)["events"] == 900
    assert pit_histogram(some)["events"].sum() == 900
    assert head_tail_table(some)["events"].sum() == 900


def test_no_knowledge_has_an_unknown_factor() -> None:
    rng = np.random.default_rng(4)
    silent = made.stated(made.scattered(np.full(200, 0.01), np.ones(200), rng), np.zeros(200))
    assert kappa_factor(silent) == (0, np.inf)


def test_one_track_has_no_errors(views) -> None:
    numbers = calibration_numbers(views.iloc[[0, 1000]])
    errors = [value for name, value in numbers.items() if name.endswith("_err")]
    assert len(errors) == 5
    assert np.isnan(errors).all()


def test_shares_of_none_and_all_have_an_error(views) -> None:
    """Of ten tracks without one: 1 / 11, the upper end of Wilson's interval of one sigma."""
    some = views.iloc[:10]
    errors = [calibration_numbers(some.assign(pit=pit))["coverage_90_err"] for pit in (0.0, 1.0)]
    assert errors == pytest.approx([1 / 11, 1 / 11])
    both = calibration_numbers(pd.concat([some, views.iloc[1000:1010]]).assign(pit=0.0))
    assert both["coverage_90_err"] == pytest.approx(1 / 11)
