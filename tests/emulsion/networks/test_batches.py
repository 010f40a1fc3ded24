"""Batches of clusters: which, in which mixture, with which labels and turns."""

import numpy as np
import pytest
import torch
from helpers.made_blobs import PIXEL_NM, made_blobs, write_blobs

from pipeline.emulsion.clusters.table import write_clusters
from pipeline.emulsion.networks import batches
from pipeline.emulsion.networks.batches import (
    Batch,
    Choice,
    check_labels,
    pixels_of,
    training_batches,
    validation_batches,
)

CHOICE = Choice(seed=1, validation_fraction=0.25)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """400 signal clusters along 30 deg in two files, 200 background clusters in one."""
    folder = tmp_path_factory.mktemp("shards")
    signal, background = made_blobs(400, 1, 1, angle_deg=30), made_blobs(200, 0, 2)
    return {
        "C": write_blobs(folder, "C", signal, parts=2),
        "fog": write_blobs(folder, "fog", background),
    }


def seen(batches):
    """Images of all batches as bytes, in order."""
    return [image.numpy().tobytes() for batch in batches for image in batch.images]


def training(shards, epoch=1, choice=CHOICE, size=10, turns="none"):
    return training_batches(shards, choice, size, turns, np.random.default_rng(epoch))


def test_training_and_validation_share_no_cluster(shards):
    train, valid = seen(training(shards)), seen(validation_batches(shards, CHOICE, 50))
    assert not set(train) & set(valid)
    assert len(set(train) | set(valid)) == len(train) + len(valid)
    assert 590 < len(train) + len(valid) <= 600  # the rest of a batch is left out
    assert 0.18 < len(valid) / 600 < 0.32


def test_an_epoch_depends_on_its_random_numbers_alone(shards):
    first, again, second = (seen(training(shards, epoch)) for epoch in (1, 1, 2))
    assert first == again
    assert first != second


def test_samples_are_mixed_evenly(shards, monkeypatch):
    """Pieces of one cluster each: those of the smaller sample are spread over the whole epoch."""
    monkeypatch.setattr(batches, "PIECE", 1)
    rng = np.random.default_rng(1)
    fog = [i for i, (sample, _) in enumerate(batches._mixed_pieces(shards, rng)) if sample == "fog"]
    assert len(fog) == 200
    assert np.abs(np.array(fog) - 3 * np.arange(200)).max() < 10


def test_the_share_of_signal_is_the_same_all_along(tmp_path):
    """Groups have 512 clusters. Of any 512 in sequence half are signal, within two pieces of 64."""
    even = {
        name: write_blobs(tmp_path, name, made_blobs(1100, label, label, pixels=32))
        for label, name in enumerate(("fog", "C"))
    }
    rng = np.random.default_rng(2)
    labels = [int(clusters.label[0]) for _, clusters in batches._mixed_pieces(even, rng)]
    shares = [np.mean(labels[first : first + 8]) for first in range(0, 32, 8)]
    assert np.abs(np.array(shares) - 0.5).max() <= 0.25


def test_small_groups_are_read_to_the_end(tmp_path):
    """A shard whose groups are those in which it was simulated."""
    clusters = [made_blobs(n, n % 2, n, pixels=32) for n in (30, 11, 40)]
    path = tmp_path / "0.parquet"
    write_clusters(path, clusters, 32, PIXEL_NM, {})
    found = seen(training({"all": [path]}, size=1)) + seen(
        validation_batches({"all": [path]}, CHOICE, 5)
    )
    assert len(found) == 81


def test_few_clusters_are_one_batch(shards):
    (batch,) = training(shards, size=1000)
    assert len(batch) == len(seen(training(shards, size=1)))


def test_angles_are_of_signal_and_turn_with_the_images(shards):
    for batch in training(shards, turns="steps"):
        signal = batch.label == 1
        assert batch.angle_rad[~signal].isnan().all()
        expected = np.radians(30) + batch.turn_deg[signal].deg2rad()
        torch.testing.assert_close(batch.angle_rad[signal], expected)
        steps = batch.turn_deg / 15
        assert torch.equal(steps, steps.round())
        assert steps.abs().max() <= 6


def test_half_turns_are_of_images_and_angles(shards):
    before, after = (next(training(shards, turns=turns)) for turns in ("none", "half"))
    half = (before.images.flip(2, 3) == after.images).flatten(1).all(1)
    assert torch.equal(before.images[~half], after.images[~half])
    assert 0 < half.sum() < 10
    signal = after.label == 1
    apart = (after.angle_rad - before.angle_rad)[signal]
    torch.testing.assert_close(apart, half[signal] * np.pi)
    assert after.turn_deg is None


def test_shuffled_labels_are_coins_that_stay_with_the_cluster(shards):
    shuffled = Choice(1, 0.25, shuffled_labels=True)
    labels = [
        {
            image.numpy().tobytes(): int(label)
            for batch in training(shards, epoch, shuffled)
            for image, label in zip(batch.images, batch.label, strict=True)
        }
        for epoch in (1, 2)
    ]
    both = labels[0].keys() & labels[1].keys()
    assert all(labels[0][image] == labels[1][image] for image in both)
    assert 0.4 < np.mean(list(labels[0].values())) < 0.6


def test_slices_are_parts_in_order():
    batch = Batch(torch.zeros(5, 8, 2, 2), torch.arange(5), torch.zeros(5), torch.arange(5.0))
    parts = batch.slices(2)
    assert [part.label.tolist() for part in parts] == [[0, 1, 2], [3, 4]]
    assert parts[1].turn_deg.tolist() == [3, 4]


def test_images_must_be_of_one_size(tmp_path, shards):
    assert pixels_of(shards) == 40
    small = write_blobs(tmp_path, "small", made_blobs(2, 0, 1, pixels=32))
    with pytest.raises(
        ValueError, match=r"images of one size are needed, found 40 pixels in .*, 32"
    ):
        pixels_of({**shards, "small": small})
    with pytest.raises(ValueError, match="no shards"):
        pixels_of({})


def test_both_labels_are_needed(tmp_path, shards):
    check_labels(shards)
    with pytest.raises(ValueError, match="all training clusters are background: fog"):
        check_labels({"fog": shards["fog"]})
    empty = write_blobs(tmp_path, "none", made_blobs(1, 0, 1).take(np.arange(0)))
    with pytest.raises(ValueError, match="'none' has no cluster"):
        check_labels({"none": empty})
