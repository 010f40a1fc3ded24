"""The table of all samples, and what stops a study before its first training."""

import json
from dataclasses import replace

import numpy as np
import pytest
from helpers.made_clusters import made_clusters

from pipeline.emulsion.clusters.samples import SAMPLES, from_files
from pipeline.emulsion.clusters.table import write_clusters

MADE = {"energy_keV": 100.0, "made": 40, "with_grain": 20, "two_or_more_grains": 5, "kept": 10}


@pytest.fixture
def look(tmp_path):
    """({sample: clusters of each part}, samples from files, training, test) -> the table."""

    def table(samples, files=(), training=("train",), test=("test",), count=(MADE,)):
        inputs = {"shards": [], "counts": []}
        for sample, parts in samples.items():
            for number, clusters in enumerate(parts):
                shard = tmp_path / sample / f"{number}.parquet"
                write_clusters(shard, [clusters] if len(clusters) else [], 40, (27, 27), {})
                read = {"read": 9, "kept": 6, "rejected": 3}
                counts = shard.with_suffix(".json")
                counts.write_text(json.dumps(read if sample in files else count))
                inputs["shards"].append(str(shard))
                inputs["counts"].append(str(counts))
        params = {
            "samples": list(samples),
            "from_files": list(files),
            "trained_on": {"mine": list(training)},
            "test": list(test),
        }
        return from_files(inputs, params)["table"].set_index("sample")

    return table


def of(plate, n=6, **changes):
    clusters = made_clusters(n)
    return replace(clusters, plate=np.full(n, plate), **changes)


def other_images(n=6):
    return np.random.default_rng(9).integers(0, 256, (n, 8, 40, 40), np.uint8)


def test_shares_are_of_particles_and_of_clusters(look):
    table = look({"train": [of("a"), of("b")], "test": [of("c")]})
    row = table.loc["train"]
    assert list(SAMPLES)[1:] == list(table)
    assert (row["made"], row["with_grain"], row["two_or_more_grains"]) == (80, 0.5, 0.25)
    assert (row["kept"], row["clusters"], row["signal"], row["plates"]) == (0.5, 12, 6, 2)
    assert row["mean_grains"] == made_clusters(6).grains.mean()


def test_files_tell_what_was_read(look):
    table = look({"train": [of("a")], "test": [of("b", images=other_images())]}, ("train", "test"))
    row = table.loc["train"]
    assert (row["made"], row["kept"], row["repeated"]) == (9, 6 / 9, 0)
    assert np.isnan(row["with_grain"])


def test_recoils_have_a_row_for_each_energy(look):
    energy = np.array([5, 12.3, 12.3, 12.3, 5, 5], np.float32)
    counts = [{**MADE, "energy_keV": e, "made": m} for e, m in ((5, 40), (12.3, 60), (99, 7))]
    samples = {"recoil_C": [of("r", energy_keV=energy)], "train": [of("a")], "test": [of("b")]}
    table = look(samples, count=counts).loc["recoil_C"]
    assert table["energy_keV"].tolist() == [5, 12.3, 99]
    assert table["made"].tolist() == [40, 60, 7]
    assert table["clusters"].tolist() == [3, 3, 0]


def test_a_sample_without_clusters_stops(look):
    with pytest.raises(ValueError, match="sample 'test' has no cluster"):
        look({"train": [of("a")], "test": [made_clusters(0)]})


def test_one_class_only_stops(look):
    signal = np.ones(6, np.uint8)
    with pytest.raises(ValueError, match=r"networks\.mine\.samples: all clusters of .* are signal"):
        look({"train": [of("a", label=signal)], "test": [of("b")]})


def test_a_plate_in_training_and_test_stops(look):
    with pytest.raises(ValueError, match="plate 'a' is in training sample 'train' and in test"):
        look({"train": [of("a")], "test": [of("a")]})


def test_equal_images_in_two_files_stop(look):
    images = other_images()
    images[4] = made_clusters(6).images[1]
    with pytest.raises(ValueError, match="cluster 104 in part 0 of sample 'test' has the same"):
        look({"train": [of("a")], "test": [of("b", images=images)]}, ("train", "test"))


def test_equal_images_in_one_file_are_counted(look):
    images = other_images()
    images[4] = images[1]
    samples = {"train": [of("a")], "test": [of("b", images=images)]}
    assert look(samples, ("train", "test")).loc["test", "repeated"] == 1
