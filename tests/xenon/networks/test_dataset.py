"""Training data of the networks: features, validation events, batches and slices."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers.made_recordings import COUNTS, recorded

from pipeline.xenon.networks.dataset import Events, read_training_events, slices_of
from pipeline.xenon.networks.features import SUMS, counts, features
from pipeline.xenon.response.shards import write_shard

RECOILS = {"er": "ER", "nr": "NR"}


@pytest.fixture
def shards(tmp_path):
    """Two shards of 'er', one of 'nr'."""
    files = {"er": [tmp_path / "er0.parquet", tmp_path / "er1.parquet"], "nr": [tmp_path / "nr"]}
    write_shard(files["er"][0], [recorded(100, "ER", 1), recorded(50, "ER", 2, 100)], {})
    write_shard(files["er"][1], [recorded(40, "ER", 3, 150)], {})
    write_shard(files["nr"][0], [recorded(120, "NR", 4)], {})
    return files


def test_triggered_events_in_order_with_their_features(shards):
    events = read_training_events(shards, RECOILS, 1, 0.3)
    made = [recorded(100, "ER", 1), recorded(50, "ER", 2), recorded(40, "ER", 3)]
    made.append(recorded(120, "NR", 4))
    expected = np.concatenate([features(batch)[batch.triggered] for batch in made])
    assert events.features.shape == (279, COUNTS + SUMS)
    np.testing.assert_allclose(events.features, expected, rtol=2**-11)
    assert events.is_nr.tolist() == [False] * 171 + [True] * 108


def test_an_empty_shard_changes_nothing(shards, tmp_path):
    expected = read_training_events(shards, RECOILS, 1, 0.3)
    write_shard(tmp_path / "none.parquet", [], {})
    for sample in shards:
        more = {**shards, sample: [tmp_path / "none.parquet", *shards[sample]]}
        found = read_training_events(more, RECOILS, 1, 0.3)
        for name in ("features", "is_nr", "validation"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_features_know_nothing_of_the_truth():
    """The same counts and drift time with another energy, position and id: the same features."""
    batch = recorded(30, "ER", 1)
    other = replace(
        batch.events, energy_keV=batch.events.energy_keV + 7, x_cm=batch.events.x_cm + 3
    )
    moved = replace(batch, events=other, s1_area_PE=batch.s1_area_PE + 5)
    np.testing.assert_array_equal(features(batch), features(moved))


def test_an_autoencoder_reads_counts_only(shards):
    events = read_training_events({"er": shards["er"]}, RECOILS, 1, 0.3, counts)
    whole = read_training_events({"er": shards["er"]}, RECOILS, 1, 0.3)
    np.testing.assert_array_equal(events.features, whole.features[:, :COUNTS])


def test_validation_is_a_property_of_the_event(shards):
    """It depends neither on the shards of the sample nor on other samples."""
    both = read_training_events(shards, RECOILS, 1, 0.3)
    alone = read_training_events({"er": shards["er"]}, RECOILS, 1, 0.3)
    np.testing.assert_array_equal(both.validation[:171], alone.validation)
    assert 0.15 < both.validation.mean() < 0.45
    parts = [set(both.part(validation=v).index) for v in (False, True)]
    assert not parts[0] & parts[1]
    assert parts[0] | parts[1] == set(range(279))


def test_other_recoils_are_refused(shards):
    with pytest.raises(ValueError, match="'er' holds other recoils than NR"):
        read_training_events(shards, {"er": "NR", "nr": "NR"}, 1, 0.3)


def test_sample_without_triggers_is_named(tmp_path):
    batch = recorded(10, "ER", 1)
    batch.triggered[:] = False
    write_shard(tmp_path / "er.parquet", [batch], {})
    with pytest.raises(ValueError, match="sample 'er' has no event that triggers"):
        read_training_events({"er": [tmp_path / "er.parquet"]}, RECOILS, 1, 0.3)


def test_shards_of_another_detector_are_named(shards, tmp_path):
    batch = recorded(10, "NR", 1)
    path = tmp_path / "other.parquet"
    write_shard(path, [replace(batch, top=batch.top[:, :2])], {})
    with pytest.raises(ValueError, match=r"other\.parquet: 19 features per event, but 21 in"):
        read_training_events({"er": shards["er"], "nr": [path]}, RECOILS, 1, 0.3)


@pytest.fixture
def counted():
    """100 events whose only feature is their number; every fifth is kept for validation."""
    number = np.arange(100)
    return Events(number[:, None].astype(np.float16), number % 2 == 1, number % 5 == 0)


def test_an_epoch_has_every_event_once_with_its_label(counted):
    part = counted.part(validation=False)
    batches = list(part.batches(32, 3, np.random.default_rng(1), shuffled=True))
    assert [len(batch) for batch in batches] == [32, 32, 16]
    number = torch.cat([batch.features[:, 0] for batch in batches])
    assert sorted(number.tolist()) == [n for n in range(100) if n % 5]
    assert number.tolist() != sorted(number.tolist())
    assert torch.equal(torch.cat([batch.is_nr for batch in batches]), number % 2)
    assert batches[0].noise.shape == (32, 3)


def test_batches_depend_on_the_generator_alone(counted):
    part = counted.part(validation=True)
    runs = [list(part.batches(8, 2, np.random.default_rng(1), shuffled=True)) for _ in range(2)]
    for first, second in zip(*runs, strict=True):
        assert torch.equal(first.features, second.features)
        assert torch.equal(first.noise, second.noise)


@pytest.mark.parametrize("slices", [1, 3, 7, 40])
def test_slices_are_the_batch_in_order(counted, slices):
    batch = next(counted.part(False).batches(10, 2, np.random.default_rng(1), shuffled=False))
    parts = slices_of(batch, slices)
    assert len(parts) <= slices
    assert all(len(part) for part in parts)
    for name in ("features", "is_nr", "noise"):
        whole = torch.cat([getattr(part, name) for part in parts])
        assert torch.equal(whole, getattr(batch, name))
