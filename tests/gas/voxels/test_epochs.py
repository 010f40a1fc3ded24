"""Epochs of training events: never a validation event, the same for any number of threads."""

from dataclasses import fields, replace

import numpy as np
import pytest

from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.voxels import Grid
from pipeline.gas.tracks.table import write_tracks
from pipeline.gas.voxels import epochs
from pipeline.gas.voxels.epochs import epoch_batches, fresh_events, shard_events
from pipeline.gas.voxels.shards import VoxelBatch, concatenate, read_shard
from pipeline.gas.voxels.split import in_validation
from pipeline.gas.voxels.stage import voxelise

GRID = Grid(bins=40, voxel_um=500.0)
SETTINGS = TrainingSet(
    sources=["low", "high"], smearing_um={"low_um": 160, "high_um": 466}, validation_fraction=0.3
)
SEED = 4


@pytest.fixture(scope="module")
def stored(tmp_path_factory, tracks):
    """Track tables of two sources, with their shards: 600 tracks each, of 20 and 30 keV."""
    folder = tmp_path_factory.mktemp("stored")
    rng = np.random.default_rng(1)
    tables, shards = [], []
    for source, energy_keV, part in (("low", 20, 0), ("low", 20, 1), ("high", 30, 0)):
        events = 600 if source == "high" else 300
        # Some are too long for the grid.
        length_um = rng.choice([1000, 8000], (events, 1, 1), p=[0.9, 0.1])
        walks = rng.normal(size=(events, 30, 3)).cumsum(axis=1) / 5 * length_um
        made = tracks(list(walks))
        made = replace(
            made,
            event_id=part * 10_000_000 + made.event_id,
            energy_keV=np.full(events, energy_keV, np.float32),
        )
        tables.append(folder / "tracks" / source / f"{part}.parquet")
        shards.append(folder / "voxels" / source / f"{part}.parquet")
        write_tracks(tables[-1], [made], {})
        counts = shards[-1].with_suffix(".json")
        voxelise(tables[-1], source, GRID, SETTINGS.smearing_um, rng, shards[-1], counts)
    return tables, shards


@pytest.fixture(params=["shards", "fresh"])
def events(request, stored, monkeypatch):
    """Training events in blocks of two row groups, pooled by 500."""
    monkeypatch.setattr(epochs, "POOL_EVENTS", 500)
    tables, shards = stored
    if request.param == "shards":
        monkeypatch.setattr(epochs, "BLOCK_EVENTS", 2 * epochs.VIEWS_PER_GROUP)
        return shard_events(shards, SETTINGS, "net", SEED)
    return fresh(tables, monkeypatch)


@pytest.fixture
def fresh_only(stored, monkeypatch):
    return fresh(stored[0], monkeypatch)


def fresh(tables, monkeypatch):
    monkeypatch.setattr(epochs, "BLOCK_EVENTS", 2 * epochs.TRACKS_PER_GROUP)
    return fresh_events(tables, GRID, SETTINGS, "net", SEED)


def batches(events, epoch, threads=1):
    return list(epoch_batches(events, epoch, 32, threads, np.random.default_rng(epoch)))


def whole(events, epoch, threads=1):
    return concatenate(batches(events, epoch, threads))


def keys(batch):
    return set(zip(batch.source.tolist(), batch.event_id.tolist(), strict=True))


def validation(shards):
    views = concatenate([batch for path in shards for batch in read_shard(path)])
    return views.take(np.flatnonzero(in_validation(views, SEED, SETTINGS.validation_fraction)))


def assert_equal(first, second):
    for field in fields(VoxelBatch):
        np.testing.assert_array_equal(
            getattr(first, field.name), getattr(second, field.name), field.name
        )


def test_events_are_the_same_however_many_threads(events):
    first = whole(events, 3, threads=1)
    for threads in (2, 5):
        assert_equal(first, whole(events, 3, threads))


def test_an_epoch_depends_on_its_number_alone(events):
    """A resumed training sees what it would have seen."""
    expected = whole(events, 3)
    whole(events, 1)
    assert_equal(expected, whole(events, 3))


def test_validation_events_are_never_learnt_from(events, stored):
    """In any view: nor are events that only a fresh view brings into the grid."""
    kept_back = keys(validation(stored[1]))
    assert len(kept_back) > 200
    for epoch in (1, 2):
        seen = whole(events, epoch)
        assert not keys(seen) & kept_back
        assert not in_validation(seen, SEED, SETTINGS.validation_fraction).any()


def test_an_event_comes_once_an_epoch(events):
    seen = whole(events, 1)
    assert len(keys(seen)) == len(seen)


def test_shards_are_all_the_training_events(stored):
    seen = whole(shard_events(stored[1], SETTINGS, "net", SEED), 1)
    views = concatenate([batch for path in stored[1] for batch in read_shard(path)])
    assert keys(seen) == keys(views) - keys(validation(stored[1]))


def test_fresh_views_are_nearly_all_the_training_tracks(fresh_only):
    """Of 1200 tracks 30 % validate and some of the long ones do not fit."""
    assert 0.85 * 840 < len(whole(fresh_only, 1)) < 840 + 4 * np.sqrt(1200 * 0.3 * 0.7)


def test_order_differs_by_epoch(events):
    assert whole(events, 1).event_id.tolist() != whole(events, 2).event_id.tolist()


def by_event(batch):
    order = np.lexsort((batch.event_id, batch.source))
    return batch.take(order)


def test_fresh_views_differ_by_epoch(fresh_only):
    first, second = (by_event(whole(fresh_only, epoch)) for epoch in (1, 2))
    common = sorted(keys(first) & keys(second))
    assert len(common) > 600
    place = [
        {key: i for i, key in enumerate(zip(b.source.tolist(), b.event_id.tolist(), strict=True))}
        for b in (first, second)
    ]
    one = first.take(np.array([place[0][key] for key in common]))
    two = second.take(np.array([place[1][key] for key in common]))
    cosine = np.einsum("ni,ni->n", one.direction, two.direction)
    # Independent isotropic directions: mean 0 and variance 1/3.
    assert abs(cosine.mean()) < 4 / np.sqrt(3 * len(common))
    assert cosine.max() < 1
    assert not (one.sigma_um == two.sigma_um).any()
    np.testing.assert_array_equal(one.energy_keV, two.energy_keV)


def test_stored_views_stay_the_same(stored):
    events = shard_events(stored[1], SETTINGS, "net", SEED)
    assert_equal(by_event(whole(events, 1)), by_event(whole(events, 2)))


def test_views_differ_by_network_and_seed(stored, monkeypatch):
    tables, _ = stored

    def first_directions(name, seed):
        return whole(fresh_events(tables, GRID, SETTINGS, name, seed), 1).direction[:10]

    assert not np.array_equal(first_directions("net", 4), first_directions("other", 4))
    assert not np.array_equal(first_directions("net", 4), first_directions("net", 5))


def test_energies_are_mixed(events):
    """Half the tracks have either energy: every batch of 32 in a pool has both."""
    for batch in batches(events, 1)[:5]:
        assert {20, 30} == set(batch.energy_keV.tolist())


def test_a_damaged_table_stops_the_training(stored, tmp_path):
    tables, _ = stored
    content = bytearray(tables[0].read_bytes())
    content[len(content) // 3] ^= 0xFF
    bad = tmp_path / "low" / "0.parquet"
    bad.parent.mkdir()
    bad.write_bytes(content)
    with pytest.raises(ValueError, match="damaged track table"):
        batches(fresh_events([bad], GRID, SETTINGS, "net", SEED), 1)


def test_identity_follows_tracks_grid_and_smearing(stored):
    tables, _ = stored

    def identity(tables=tables, grid=GRID, settings=SETTINGS):
        return fresh_events(tables, grid, settings, "net", SEED).identity

    sharper = TrainingSet(sources=SETTINGS.sources, smearing_um=100)
    found = {
        identity(),
        identity(tables=tables[:2]),
        identity(grid=Grid(bins=40, voxel_um=400.0)),
        identity(settings=sharper),
    }
    assert len(found) == 4
    assert identity() == identity()


def test_fresh_views_are_measured_and_draw_what_varies(stored, monkeypatch):
    monkeypatch.setattr(epochs, "BLOCK_EVENTS", 2 * epochs.TRACKS_PER_GROUP)
    response = {"gain": {"relative_rms": 0.5}, "vary": {"threshold.electrons": [0, 0.9]}}
    settings = TrainingSet(sources=["low", "high"], response=response, validation_fraction=0.3)
    events = fresh_events(stored[0], GRID, settings, "net", SEED)
    batch = whole(events, 1)
    smallest = np.minimum.reduceat(batch.counts, batch.offsets[:-1])
    assert batch.counts.dtype == np.float32
    assert len(np.unique(smallest)) == len(batch)
    assert events.identity != fresh(stored[0], monkeypatch).identity
