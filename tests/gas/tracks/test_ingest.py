"""From a reader to the track table: event range, ids, source defaults, counts and bad events."""

import json

import numpy as np
import pytest

from pipeline.core.ingestion import EVENTS_PER_PART, BadEventError, BadEvents
from pipeline.gas.config.sources import Claims, Degrad, SourceDefaults
from pipeline.gas.tracks.degrad import read_degrad
from pipeline.gas.tracks.ingest import ingest
from pipeline.gas.tracks.raw import RawBatch
from pipeline.gas.tracks.table import read_tracks


def raw(numbers, electrons=2, energies=None):
    """One batch of events; every coordinate of an event is its number."""
    n = len(numbers)
    return RawBatch(
        source_event=np.array(numbers),
        offsets=np.arange(n + 1) * electrons,
        positions_um=np.repeat(np.array(numbers, np.float32), 3 * electrons).reshape(-1, 3),
        energy_keV=None if energies is None else np.array(energies),
    )


@pytest.fixture
def run(tmp_path):
    """(batches, defaults, policy, part) -> tracks, counts and bad events."""

    def ingested(batches, defaults=None, policy="stop", part=0, bad=None):
        bad = BadEvents("file.OUT", policy) if bad is None else bad
        table, counts = tmp_path / "tracks.parquet", tmp_path / "tracks.json"
        defaults = defaults or SourceDefaults(energy_keV=40)
        ingest(batches, defaults, bad, part, table, counts, tmp_path / "tracks.summary.parquet")
        return list(read_tracks(table)), json.loads(counts.read_text())

    return ingested


def numbers(batches):
    return [n for batch in batches for n in batch.source_event.tolist()]


def ids(batches):
    return [n for batch in batches for n in batch.event_id.tolist()]


def test_defaults_of_the_source_complete_the_tracks(run):
    defaults = SourceDefaults(energy_keV=45.5, start_um=(1, 2, 3), direction=(0, -2, 0))
    (batch,), counts = run([raw([5, 6])], defaults)
    assert batch.energy_keV.tolist() == [45.5, 45.5]
    assert batch.start_um.tolist() == [[1, 2, 3]] * 2
    assert batch.direction.tolist() == [[0, -1, 0]] * 2
    assert counts == {"read": 2, "kept": 2, "rejected": 0, "reasons": {}}


def test_energies_of_the_file_come_first(run):
    (batch,), _ = run([raw([1, 2], energies=[40, 50])], SourceDefaults(energy_keV=45))
    assert batch.energy_keV.tolist() == [40, 50]


def test_missing_energies_say_what_to_set(run):
    with pytest.raises(ValueError, match=r"file\.OUT: the energies are missing; set `energy_keV`"):
        run([raw([1])], SourceDefaults())


def test_ids_count_from_the_part_whatever_the_file_says(run):
    batches, _ = run([raw([7, 7, 9]), raw([1])], part=3)
    assert ids(batches) == [3 * EVENTS_PER_PART + i for i in range(4)]
    assert numbers(batches) == [7, 7, 9, 1]


@pytest.mark.parametrize(
    ("first", "most", "expected"),
    [
        (0, None, [0, 1, 2, 3, 4, 5, 6, 7]),
        (3, None, [3, 4, 5, 6, 7]),
        (0, 3, [0, 1, 2]),
        (2, 3, [2, 3, 4]),
        (3, 4, [3, 4, 5, 6]),
        (6, 100, [6, 7]),
    ],
)
def test_event_range(run, first, most, expected):
    defaults = SourceDefaults(energy_keV=40, first_event=first, max_events=most)
    batches, counts = run([raw([0, 1, 2]), raw([3, 4, 5]), raw([6, 7])], defaults)
    assert numbers(batches) == expected
    assert ids(batches) == list(range(len(expected)))
    assert [p[0] for b in batches for p in b.positions_um[::2]] == expected
    assert counts["kept"] == len(expected)


def test_nothing_is_read_behind_the_range(run):
    def batches():
        yield raw([0, 1, 2])
        raise AssertionError("read on")

    run(batches(), SourceDefaults(energy_keV=40, max_events=3))


def test_range_behind_the_end_is_an_error(run):
    with pytest.raises(ValueError, match="no usable event among 0 read from event 8 on"):
        run([raw([0, 1])], SourceDefaults(energy_keV=40, first_event=8))


def spoiled(kind):
    """Events 0 to 3, of which event 2 is bad."""
    batch = raw([0, 1, 2, 3], energies=[40.0, 40, 40, 40])
    if kind == "empty":
        keep = np.array([0, 1, 2, 3, 6, 7])
        return RawBatch(
            batch.source_event,
            np.array([0, 2, 4, 4, 6]),
            batch.positions_um[keep],
            energy_keV=batch.energy_keV,
        )
    if kind in ("nan", "inf"):
        batch.positions_um[5, 1] = float(kind)
    else:
        batch.energy_keV[2] = {"no energy": 0, "negative": -40, "energy nan": np.nan}[kind]
    return batch


BAD = {
    "empty": "it has no ionisation electrons",
    "nan": "1 of its electrons have coordinates that are not finite",
    "inf": "1 of its electrons have coordinates that are not finite",
    "no energy": "its energy is 0.0 keV, expected a positive number",
    "negative": "its energy is -40.0 keV",
    "energy nan": "its energy is nan keV",
}


@pytest.mark.parametrize("kind", BAD)
def test_stop_at_a_bad_event_leaves_no_table(run, tmp_path, kind):
    with pytest.raises(BadEventError, match=rf"file\.OUT, event 2: {BAD[kind]}"):
        run([spoiled(kind)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", BAD)
def test_skip_counts_a_bad_event_and_keeps_the_others_whole(run, kind):
    batches, counts = run([spoiled(kind)], policy="skip")
    assert numbers(batches) == [0, 1, 3]
    assert ids(batches) == [0, 1, 2]
    assert batches[0].positions_um[:, 0].tolist() == [0, 0, 1, 1, 3, 3]
    assert (counts["read"], counts["kept"], counts["rejected"]) == (4, 3, 1)
    assert [reason.startswith(BAD[kind]) for reason in counts["reasons"].values()] == [True]


def test_bad_events_of_the_reader_are_counted_too(run, tmp_path, event_text):
    path = tmp_path / "DEGRAD.OUT"
    path.write_text(
        event_text(1) + event_text(2).replace("200.2500", "NaN") + event_text(3, 0) + event_text(4)
    )
    bad = BadEvents(str(path), "skip")
    batches, counts = run(read_degrad(path, None, bad), bad=bad)
    assert numbers(batches) == [1, 4]
    assert (counts["read"], counts["kept"], counts["rejected"]) == (4, 2, 2)


def test_no_event_kept_stops(run, tmp_path):
    with pytest.raises(ValueError, match=r"file\.OUT"):
        run([raw([1], electrons=0)])
    assert list(tmp_path.iterdir()) == []


def test_no_event_kept_makes_an_empty_table_if_skipped(run):
    batches, counts = run([raw([1], electrons=0)], policy="skip")
    assert numbers(batches) == []
    assert (counts["read"], counts["kept"], counts["rejected"]) == (1, 0, 1)


def test_defaults_are_those_of_the_config_block():
    source = Degrad(
        kind="degrad", files=["a"], energy_keV=50, first_event=5, max_events=10, start_um=(1, 0, 0)
    )
    claims = Claims("stop", None)
    assert source.defaults() == SourceDefaults(50, (1, 0, 0), (0, 0, 1), 5, 10, claims)
