"""Recorded events come back as the response that made them, less what no detector knows."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_responses import darwin, made_nest_events, respond

from pipeline.core.ingestion import BadEventError, BadEvents
from pipeline.xenon.config.samples import RecordedEvents
from pipeline.xenon.response.recorded import read_recorded, record_lengths
from pipeline.xenon.response.shards import RECORDED

SCALARS = ["s1_photons_detected", "s2_photons_detected", "cs1_photons", "triggered"]


@pytest.fixture(scope="module")
def response():
    return respond(darwin(), made_nest_events(darwin(), "nr", np.full(40, 6.0), seed=1))


@pytest.fixture
def table(response):
    columns = {name: list(getattr(response, name)) for name in RECORDED}
    number = np.arange(100, 140)
    return pd.DataFrame({"drift_time_us": response.drift_time_us, "number": number} | columns)


@pytest.fixture
def read(tmp_path):
    """(table, policy, columns) -> the batches that are read, and the bad events."""

    def run(table, policy="stop", **columns):
        file = tmp_path / "run.parquet"
        table.to_parquet(file)
        block = RecordedEvents(kind="recorded", files=[str(file)], columns=columns)
        bad = BadEvents(str(file), policy)
        return list(read_recorded(file, block, darwin(), bad, 2)), bad

    return run


def test_what_is_recorded_is_kept_and_truth_unknown(read, table, response):
    (found,), _ = read(table, event="number")
    for name in (*RECORDED, "drift_time_us"):
        np.testing.assert_array_equal(getattr(found, name), getattr(response, name))
    for name in SCALARS:
        np.testing.assert_allclose(getattr(found, name), getattr(response, name), rtol=1e-5)
    assert 5 < response.triggered.sum() < 40
    events = found.events
    assert events.source_event.tolist() == list(range(100, 140))
    assert events.event_id[0] == 20_000_000
    np.testing.assert_allclose(events.depth_cm, response.events.depth_cm, rtol=1e-5)
    assert set(events.recoil) == {255}
    assert np.isnan(events.energy_keV).all()
    assert set(events.photons) == {-1}


def test_lengths_are_the_3835_numbers_of_the_paper():
    assert list(record_lengths(darwin()).values()) == [125, 1800, 955, 955]


def changed(table, name, value):
    """The table with another value in its fourth row."""
    values = table[name].tolist()
    values[3] = value(values[3])
    return table.assign(**{name: values})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("top", lambda x: x[:-1], "its top has 954 numbers, expected 955; check the `detector`"),
        ("top", lambda x: None, "its top has 0 numbers, expected 955"),
        ("bottom", lambda x: x - 1.0, "its bottom holds -1, expected whole numbers"),
        ("s2_waveform", lambda x: x + 0.5, "its s2_waveform holds 0.5, expected whole numbers"),
        ("s2_waveform", lambda x: x * np.nan, "its s2_waveform holds nan, expected"),
        ("s1_waveform", lambda x: np.roll(x, 2), "its s1_waveform is in sample 2, expected 0"),
        ("drift_time_us", lambda x: 1800.0, "drift time is 1800 us, expected 0 to 1713 us"),
        ("drift_time_us", lambda x: np.nan, "drift time is nan us"),
        ("number", lambda x: 100, "event 100: its number occurs twice"),
    ],
)
def test_bad_records_stop_or_are_skipped(read, table, name, value, message):
    with pytest.raises(BadEventError, match=message):
        read(changed(table, name, value), event="number")
    (found,), bad = read(changed(table, name, value), "skip", event="number")
    assert (len(found), len(bad)) == (39, 1)


def test_a_record_that_occurs_twice(read, table):
    with pytest.raises(BadEventError, match=r"event 40: .* patterns are those of 3"):
        read(pd.concat([table, table.iloc[3:4]], ignore_index=True))


def test_columns_that_are_missing_or_of_another_type(read, table):
    with pytest.raises(ValueError, match=r"no column \['top'\]; it has"):
        read(table.drop(columns="top"))
    with pytest.raises(ValueError, match=r"column 'top' holds .*, expected lists of numbers"):
        read(table.assign(top=1.0))
    with pytest.raises(ValueError, match=r"column 'drift_time_us' holds .*, expected numbers"):
        read(table.assign(drift_time_us="1 ms"))
