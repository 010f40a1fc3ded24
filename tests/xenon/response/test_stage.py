"""From an event table to a response shard and to features."""

from dataclasses import fields

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.made_responses import darwin, made_nest_events, together

from pipeline.core.seeds import generator
from pipeline.xenon.events.table import write_events
from pipeline.xenon.response.shards import count_responses, read_shard
from pipeline.xenon.response.simulation import CHUNK_EVENTS, simulate_response
from pipeline.xenon.response.stage import write_response


@pytest.fixture(scope="module")
def events():
    return made_nest_events(darwin(), "nr", np.linspace(2, 50, CHUNK_EVENTS + 40), seed=1)


@pytest.fixture(scope="module")
def table(events, tmp_path_factory):
    path = tmp_path_factory.mktemp("events") / "0000.parquet"
    write_events(path, [events], {})
    return path


@pytest.fixture(scope="module")
def shard(table):
    path = table.with_name("response.parquet")
    assert write_response(path, table, darwin(), 3, "train_nr", 0) == CHUNK_EVENTS + 40
    return path


def test_a_shard_holds_the_response_of_its_sample_and_part(events, shard):
    expected = together(
        list(simulate_response(darwin(), events, generator(3, "xenon", "response", "train_nr", 0)))
    )
    found = together(list(read_shard(shard)))
    for name in [f.name for f in fields(found)][1:]:
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
    for f in fields(events):
        np.testing.assert_array_equal(getattr(found.events, f.name), getattr(events, f.name))


def test_parts_of_a_sample_differ(table, shard, tmp_path):
    other = tmp_path / "other.parquet"
    write_response(other, table, darwin(), 3, "train_nr", 1)
    first, second = (together(list(read_shard(path))) for path in (shard, other))
    assert not np.array_equal(first.s2_photons_detected, second.s2_photons_detected)


def test_of_candidates_one_each_is_taken(tmp_path, monkeypatch):
    """Three row groups of 100, 100 and 20 events, of which 14, 14 and 3 are taken."""
    monkeypatch.setattr("pipeline.xenon.events.table.EVENTS_PER_ROW_GROUP", 100)
    events = made_nest_events(darwin(), "er", np.linspace(2, 10, 220), seed=1)
    table, path = tmp_path / "0000.parquet", tmp_path / "response.parquet"
    write_events(table, [events], {})
    assert write_response(path, table, darwin(), 3, "background_er", 0, candidates=7) == 31
    found = together(list(read_shard(path)))
    assert (np.diff(found.events.event_id) > 0).all()
    np.testing.assert_array_equal(found.events.photons, events.photons[found.events.event_id])
    assert found.stands_for.sum() == pytest.approx(31, rel=0.1)


def test_an_empty_table_has_an_empty_shard(tmp_path):
    table, path = tmp_path / "0000.parquet", tmp_path / "response.parquet"
    write_events(table, [], {})
    assert write_response(path, table, darwin(), 3, "train_nr", 0) == 0
    assert list(read_shard(path)) == []
    assert count_responses(path) == 0


def test_row_groups_are_small_enough_to_stream(shard):
    assert [len(batch) for batch in read_shard(shard)] == [CHUNK_EVENTS, 40]
    assert count_responses(shard) == CHUNK_EVENTS + 40


def test_columns_carry_descriptions_and_units(shard):
    schema = pq.read_schema(shard)
    assert all(field.metadata[b"description"] for field in schema)
    assert schema.field("drift_time_us").metadata[b"unit"] == b"us"
    assert schema.metadata[b"detector"] == b"darwin"


def test_another_table_is_no_shard(table):
    with pytest.raises(ValueError, match="not a readable response shard, columns"):
        next(read_shard(table))


def test_flipped_bits_are_named_or_without_effect(shard, tmp_path):
    whole, expected = shard.read_bytes(), together(list(read_shard(shard)))
    path, rng, refused = tmp_path / "flipped.parquet", np.random.default_rng(1), []
    for place in rng.integers(4, len(whole), size=60):
        data = bytearray(whole)
        data[place] ^= 1 << rng.integers(8)
        path.write_bytes(data)
        try:
            found = together(list(read_shard(path)))
        except ValueError as error:
            refused.append(str(error))
        else:
            for name in [f.name for f in fields(found)][1:]:
                np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert len(refused) > 50
    assert all("flipped.parquet: damaged response shard" in text for text in refused)
