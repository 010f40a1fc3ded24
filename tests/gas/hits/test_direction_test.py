"""The observed p-value, from predictions and event tables."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import around_z

from pipeline.core.seeds import generator
from pipeline.gas.config.observed import DirectionTest
from pipeline.gas.hits.direction_test import direction_test, from_files, observed_p_table
from pipeline.gas.hits.directions import format_observed_p
from pipeline.physics.sun import sun_direction
from pipeline.statistics.directional.predictions import PREDICTED, TRUE, write_predictions

LATITUDE, LONGITUDE = 42.4, 13.5
# The detector's z points east, its x north and its y up.
SUN = DirectionTest(
    site={"latitude_deg": LATITUDE, "longitude_deg": LONGITUDE},
    axes={"x": [0, 1, 0], "y": [0, 0, 1], "z": [1, 0, 0]},
    permutations=199,
)
AXIS = DirectionTest(axis=(0, 0, 2))
DAY_S = 86400


def measured(directions, kappa=np.nan):
    """Predictions of events with these directions [n, 3]."""
    table = around_z(np.full(len(directions), 0.5), kappa)
    directions = directions / np.linalg.norm(directions, axis=1)[:, None]
    table[PREDICTED] = directions.astype(np.float32)
    return table.assign(**dict.fromkeys(TRUE, np.float32(np.nan)))


def solar(n, rng):
    """Predictions and times of a year's recoils away from the Sun, a third of them isotropic."""
    time_s = 1.7e9 + rng.uniform(0, 365 * DAY_S, n)
    east, north, up = sun_direction(time_s, LATITUDE, LONGITUDE).T
    away = -np.stack([north, up, east], axis=1)
    recoils = np.where(rng.random(n)[:, None] < 2 / 3, 2 * away, 0) + rng.normal(size=(n, 3))
    predictions = measured(recoils, rng.uniform(1, 5, n))
    return predictions, predictions[["source", "event_id"]].assign(time_s=time_s)


def test_recoils_away_from_the_sun_are_seen(rng):
    predictions, times = solar(150, rng)
    shuffled = times.sample(frac=1, random_state=1)  # the tables are matched by event
    table = observed_p_table(direction_test(predictions, shuffled, SUN, rng))
    assert table["test"].tolist() == ["unweighted", "weighted"]
    assert (table["against"] == "Sun").all()
    assert (table["p"] == 1 / 200).all()
    assert (table["permutations"] == 199).all()
    assert (table["statistic"] > 0.3).all()
    assert (table["fit_p"] > 0.01).all()


def test_recoils_towards_the_sun_are_not(rng):
    predictions, times = solar(150, rng)
    predictions[PREDICTED] *= -1
    rows = direction_test(predictions, times, SUN, rng)
    assert min(row["p"] for row in rows) > 0.9
    assert "is NOT that of isotropic background and signal" in rows[0]["verdict"]


def test_a_fixed_axis_has_its_length_and_the_times_ignored(rng):
    predictions = measured(rng.normal([0, 0, 0.5], 1, (100, 3)))
    (row,) = direction_test(predictions, pd.DataFrame(), AXIS, rng)
    assert row["statistic"] == pytest.approx(predictions["pred_z"].mean())
    assert row["statistic_err"] == pytest.approx(predictions["pred_z"].std() / 10, rel=0.01)
    assert row["p"] < 1e-3
    assert (row["against"], row["test"], row["events"]) == ("axis", "unweighted", 100)


def test_weights_are_mean_cosines_of_the_densities(rng):
    sharp = np.arange(60) % 2 == 0
    # Sharp events lie along the axis, the others against it.
    z = np.where(sharp, 1.0, -1.0)[:, None] * [0, 0, 1.0]
    predictions = measured(z + 0.8 * rng.normal(size=(60, 3)), np.where(sharp, 50, 0.1))
    plain, weighted = direction_test(predictions, pd.DataFrame(), AXIS, rng)
    assert weighted["p"] < 1e-3 < 0.01 < plain["p"]


@pytest.mark.parametrize("events", [0, 1, 2, 49, 50])
def test_few_events_are_said_in_words(events, rng):
    predictions = measured(rng.normal(size=(events + 3, 3)))
    predictions.loc[:2, PREDICTED] = np.nan  # omitted ones do not count
    table = observed_p_table(direction_test(predictions, pd.DataFrame(), AXIS, rng))
    (row,) = table.to_dict("records")
    assert row["events"] == events
    assert np.isnan(row["p"]) == (events < 2)
    assert np.isnan(row["fit_p"]) == (events < 50)
    assert ("fewer than" in row["verdict"]) == (events < 50)
    assert row["verdict"] in format_observed_p(table)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (np.nan, "20 of 20 events have no finite time"),
        ([np.nan] + [1.7e9] * 19, "1 of 20 events have no finite time"),
        (1.7e9, "all 20 events have the same time"),
        (1.7e12 + np.arange(20), r"times from 1.7e\+12 to .* are not in 1980..2100"),
        (np.arange(20), "times from 0 to 19 are not in 1980..2100"),
    ],
)
def test_times_that_cannot_be_right(times, message, rng):
    predictions = measured(rng.normal(size=(20, 3)))
    table = predictions[["source", "event_id"]].assign(time_s=times)
    with pytest.raises(ValueError, match=rf"`columns.time` of source 'made': {message}"):
        direction_test(predictions, table, SUN, rng)


def test_an_event_without_a_row_has_no_time(rng):
    predictions, times = solar(20, rng)
    with pytest.raises(ValueError, match="2 of 20 events have no finite time"):
        direction_test(predictions, times.iloc[2:], SUN, rng)


def test_tables_are_those_of_the_files_and_repeat(tmp_path, rng):
    predictions, times = solar(60, rng)
    file = tmp_path / "predictions" / "run7" / "HCN.parquet"
    events = tmp_path / "voxels" / "run7" / "made" / "0000.events.parquet"
    for path in (file, events):
        path.parent.mkdir(parents=True)
    write_predictions(file, predictions)
    times.drop(columns="source").to_parquet(events)
    inputs = {"predictions": [str(file)], "events": [str(events)]}
    settings = {"seed": 3, "tests": {"run7": SUN.plain()}}
    table = from_files(inputs, settings)["table"]
    again = direction_test(predictions, times, SUN, generator(3, "observed p", "run7", "HCN"))
    assert table[["set", "method"]].to_numpy().tolist() == [["run7", "HCN"]] * 2
    assert table["p"].tolist() == [row["p"] for row in again]
    times.assign(time_s=1.7e9).drop(columns="source").to_parquet(events)
    with pytest.raises(ValueError, match=r"observed\.run7\.direction_test: `columns\.time`"):
        from_files(inputs, settings)
