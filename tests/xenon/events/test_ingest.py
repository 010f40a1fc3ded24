"""From a source to the event table: checks, ids, counts and bad events."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipeline.core.ingestion import EVENTS_PER_PART, BadEventError, BadEvents
from pipeline.xenon.events.ingest import ingest
from pipeline.xenon.events.raw import RawEvents
from pipeline.xenon.events.table import UNKNOWN, EventBatch


def raw(n=4, **columns):
    """Events 10, 11, ... on lines 20, 21, ...; a column is given as index -> value."""
    values = {
        "source_event": 10 + np.arange(n),
        "line": 20 + np.arange(n),
        "recoil": np.arange(n, dtype=np.uint8) % 2,
        "energy_keV": np.full(n, 5.0),
        "x_cm": np.full(n, 3.0),
        "y_cm": np.full(n, -4.0),
        "depth_cm": np.full(n, 25.0),
        "photons": np.full(n, 100.0),
        "electrons": np.full(n, 50.0),
        "excitons": np.full(n, np.nan),
    }
    for name, changes in columns.items():
        for i, value in changes.items():
            values[name][i] = value
    return RawEvents(**values)


@pytest.fixture
def run(tmp_path, geometry):
    """(batches, policy, part, ...) -> the table's events and its counts."""

    def ingested(batches, policy="stop", part=0, **events):
        table, counts = tmp_path / "events.parquet", tmp_path / "events.json"
        ingest(batches, geometry, BadEvents("in.txt", policy), part, table, counts, **events)
        read = pq.read_table(table)
        batch = EventBatch(*(column.to_numpy() for column in read.columns))
        return batch, json.loads(counts.read_text())

    return ingested


def test_good_events_are_kept_as_they_are(run):
    batch, counts = run([raw(3, excitons={1: 7})], part=2)
    assert batch.event_id.tolist() == [2 * EVENTS_PER_PART + i for i in range(3)]
    assert batch.source_event.tolist() == [10, 11, 12]
    assert batch.recoil.tolist() == [0, 1, 0]
    assert batch.excitons.tolist() == [UNKNOWN, 7, UNKNOWN]
    assert (batch.x_cm[0], batch.y_cm[0], batch.depth_cm[0]) == (3, -4, 25)
    assert (batch.energy_keV[0], batch.photons[0], batch.electrons[0]) == (5, 100, 50)
    assert counts == {"read": 3, "kept": 3, "rejected": 0, "moved_to_wall": 0, "reasons": {}}


def test_unknown_energy_and_mean_counts_are_allowed(run):
    batch, _ = run([raw(2, energy_keV={0: np.nan}, photons={1: 99.6})])
    assert np.isnan(batch.energy_keV).tolist() == [True, False]
    assert batch.photons.tolist() == [100, 100]


BAD = {
    "energy_keV": (-3, "its energy is -3 keV, expected 0 or more"),
    "photons": (-1, "its number of photons is -1, expected 0 or more"),
    "electrons": (np.nan, "its number of electrons is nan, expected 0 or more"),
    "excitons": (-2, "its number of excitons is -2, expected 0 or more"),
    "x_cm": (21, "it lies at x = 21, y = -4, depth = 25 cm, outside the liquid"),
    "depth_cm": (-0.2, "it lies at x = 3, y = -4, depth = -0.2 cm, outside the liquid"),
}


@pytest.mark.parametrize("column", BAD)
def test_stop_names_file_line_and_what_was_expected(run, tmp_path, column):
    value, reason = BAD[column]
    with pytest.raises(BadEventError) as caught:
        run([raw(**{column: {2: value}})])
    assert str(caught.value).startswith(f"in.txt, event 12 (line 22): {reason}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("column", BAD)
def test_skip_counts_the_event_and_keeps_the_others(run, column):
    value, reason = BAD[column]
    batch, counts = run([raw(**{column: {2: value}})], policy="skip")
    assert batch.source_event.tolist() == [10, 11, 13]
    assert batch.event_id.tolist() == [0, 1, 2]
    assert (counts["read"], counts["kept"], counts["rejected"]) == (4, 3, 1)
    assert [found.startswith(reason) for found in counts["reasons"].values()] == [True]


def test_events_that_rounding_put_outside_lie_at_the_edge(run):
    changes = {
        "x_cm": {0: 20.05, 1: 12},
        "y_cm": {0: 0, 1: 16.05},
        "depth_cm": {2: -0.04, 3: 50.04},
    }
    batch, _ = run([raw(**changes)])
    np.testing.assert_allclose(np.hypot(batch.x_cm, batch.y_cm)[:2], 20, rtol=1e-6)
    assert batch.y_cm[1] / batch.x_cm[1] == pytest.approx(16.05 / 12)
    assert batch.depth_cm.tolist() == [25, 25, 0, 50]
    assert (batch.x_cm[2], batch.y_cm[2]) == (3, -4)


def test_events_of_smeared_positions_are_moved_to_the_wall_and_counted(run, caplog):
    """The sample allows 10 cm; what lies farther out, above or below the liquid is bad."""
    changes = {
        "x_cm": {0: 20.05, 1: 23, 2: 18, 3: 30.1},
        "y_cm": {0: 0, 1: 0, 2: 24, 3: 0},
        "depth_cm": {4: -0.2},
    }
    batch, counts = run([raw(5, **changes)], policy="skip", wall_cm=10)
    assert batch.source_event.tolist() == [10, 11, 12]
    np.testing.assert_allclose(np.hypot(batch.x_cm, batch.y_cm), 20, rtol=1e-6)
    assert batch.y_cm[2] / batch.x_cm[2] == pytest.approx(24 / 18)
    # Rounding explains the first.
    assert (counts["kept"], counts["rejected"], counts["moved_to_wall"]) == (3, 2, 2)
    assert "in.txt: 2 of 3 events lie up to 10.0 cm beyond the wall" in caplog.text


def test_event_range(run):
    batch, _ = run([raw(3), raw(3)], first_event=2, max_events=3)
    assert batch.source_event.tolist() == [12, 10, 11]


def test_a_file_without_usable_events_stops(run):
    with pytest.raises(ValueError, match=r"in\.txt: no usable event among 0 read"):
        run([])


@pytest.mark.parametrize("batches", [[], [raw(1, photons={0: -1})]])
def test_a_file_without_usable_events_makes_an_empty_table_if_skipped(run, batches):
    batch, counts = run(batches, policy="skip")
    assert len(batch) == 0
    assert (counts["read"], counts["kept"], counts["rejected"]) == (len(batches), 0, len(batches))
