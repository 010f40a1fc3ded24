"""Batches of events: every event once, shuffled, reproducible, in bounded memory."""

import numpy as np
import pytest

from pipeline.gas.voxels import dataset
from pipeline.gas.voxels.dataset import cut_batches, grid_bins, stream_batches
from pipeline.gas.voxels.shards import concatenate, read_shard, write_shard


@pytest.fixture
def shards(tmp_path, voxel_events):
    """Three shards of 700, 10 and 900 events; ids count through."""
    paths, first = [], 0
    for i, events in enumerate((700, 10, 900)):
        paths.append(tmp_path / f"{i}.parquet")
        write_shard(paths[-1], [voxel_events(events, first)], 120, 500.0)
        first += events
    return paths


def ids(batches):
    return np.concatenate([batch.event_id for batch in batches])


def blocks(shards):
    return (batch for path in shards for batch in read_shard(path))


def shuffled(shards, pool_events, seed=1):
    return list(cut_batches(blocks(shards), 64, pool_events, np.random.default_rng(seed)))


any_pool = pytest.mark.parametrize("pool_events", [16_384, 1_000, 100, 0])


@any_pool
def test_every_event_comes_once(shards, pool_events):
    batches = shuffled(shards, pool_events)
    assert [len(b) for b in batches] == [64] * 25 + [10]
    assert sorted(ids(batches)) == list(range(1610))


@any_pool
def test_events_stay_whole(shards, voxel_events, pool_events):
    seen = concatenate(shuffled(shards, pool_events))
    seen = seen.take(np.argsort(seen.event_id))
    expected = concatenate([voxel_events(700), voxel_events(10, 700), voxel_events(900, 710)])
    for name in ("offsets", "voxels", "counts", "direction", "start", "sigma_um", "energy_keV"):
        np.testing.assert_array_equal(getattr(seen, name), getattr(expected, name))


@any_pool
def test_without_a_generator_events_come_in_order(shards, pool_events):
    assert ids(cut_batches(blocks(shards), 64, pool_events)).tolist() == list(range(1610))


def test_shards_come_in_file_order(shards):
    assert ids(stream_batches(shards, 64)).tolist() == list(range(1610))


def test_pool_holds_no_more_than_it_must(shards, monkeypatch):
    """Beyond the pool comes one row group of at most 512 events at a time."""
    pooled = []
    monkeypatch.setattr(
        dataset, "concatenate", lambda b: pooled.append(sum(map(len, b))) or concatenate(b)
    )
    shuffled(shards, 100)
    assert max(pooled) <= 100 + 512
    assert len(pooled) > 3


@any_pool
def test_shuffling_is_reproducible_and_differs_by_seed(shards, pool_events):
    first, again, other = (ids(shuffled(shards, pool_events, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_shuffling_mixes_the_shards(shards):
    """In a pool that holds all, the place of an event says nothing of its id."""
    order = ids(shuffled(shards, 16_384))
    correlation = np.corrcoef(order, np.arange(len(order)))[0, 1]
    assert abs(correlation) < 4 / np.sqrt(len(order))
    assert abs(np.corrcoef(order[:-1], order[1:])[0, 1]) < 4 / np.sqrt(len(order))


def test_selection_takes_its_events_only(shards):
    batches = list(stream_batches(shards, 64, lambda batch: batch.event_id % 3 == 0))
    assert ids(batches).tolist() == list(range(0, 1610, 3))
    assert {len(b) for b in batches[:-1]} == {64}


def test_selection_of_nothing_gives_no_batches(shards):
    assert list(stream_batches(shards, 64, lambda batch: np.zeros(len(batch), bool))) == []


def test_batch_larger_than_everything(shards):
    (batch,) = stream_batches(shards, 10_000)
    assert len(batch) == 1610


def test_all_shards_have_one_grid(shards, tmp_path, voxel_events):
    assert grid_bins(shards) == 120
    other = tmp_path / "other.parquet"
    write_shard(other, [voxel_events(1)], 60, 1000.0)
    with pytest.raises(ValueError, match=r"one common grid, found bins \[60, 120\]"):
        grid_bins([*shards, other])
    with pytest.raises(ValueError, match="one common grid"):
        grid_bins([])


def test_empty_shards_change_nothing(shards, tmp_path):
    empty = tmp_path / "empty.parquet"
    write_shard(empty, [], 120, 500.0)
    among = [empty, *shards[:1], empty, *shards[1:]]
    assert grid_bins(among) == 120
    np.testing.assert_array_equal(ids(stream_batches(among, 64)), ids(stream_batches(shards, 64)))
