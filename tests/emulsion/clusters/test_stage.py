"""A part of a simulated sample: its shard, its counts and its seeds."""

import json

import numpy as np
import pytest
from helpers.made_clusters import joined

from pipeline.core.ingestion import EVENTS_PER_PART
from pipeline.emulsion.clusters import simulate, stage
from pipeline.emulsion.clusters.stage import write_simulated
from pipeline.emulsion.clusters.table import read_clusters, read_pixel_nm
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import read_sample

ION = {"kind": "ion", "energy_keV": 60, "clusters": 40, "beam": {"azimuth_deg": 45}}


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(simulate, "BATCH_PARTICLES", 32)


@pytest.fixture
def write(tmp_path):
    """(block, ...) -> the clusters of one part, and its counts."""

    def part(block, detector=None, seed=1, sample="c60", part="0003_ion"):
        shard, counts = tmp_path / "shard.parquet", tmp_path / "shard.json"
        detector = Detector.model_validate(detector or {})
        write_simulated(shard, counts, read_sample(block), detector, seed, sample, part, 3)
        clusters = joined(read_clusters(shard))
        assert read_pixel_nm(shard) == (27.47, 27.42)
        return clusters, json.loads(counts.read_text())

    return part


def test_the_truth_goes_along(write):
    clusters, (counts,) = write(ION)
    assert len(clusters) == 40
    assert clusters.images.shape == (40, 8, 40, 40)
    assert clusters.images.dtype == np.uint8
    assert clusters.event_id.tolist() == list(range(3 * EVENTS_PER_PART, 3 * EVENTS_PER_PART + 40))
    assert set(clusters.plate) == {"c60/0003_ion"}
    assert set(clusters.label) == {1}
    assert set(clusters.particle) == {"C"}
    assert set(clusters.energy_keV) == {60.0}
    flat = np.sin(np.radians(80)) / np.sqrt(2)
    expected = np.tile([flat, flat, np.cos(np.radians(80))], (40, 1))
    np.testing.assert_allclose(clusters.direction, expected, rtol=1e-5)
    assert clusters.grains.min() >= 1
    assert clusters.grains.max() > 1
    assert np.abs(clusters.focus_nm).max() <= 150
    assert counts["energy_keV"] == 60
    assert counts["made"] >= counts["with_grain"] >= counts["kept"] >= 40
    assert 0 < counts["two_or_more_grains"] < counts["with_grain"]


def test_background_has_its_own_truth(write):
    fog, (counts,) = write({"kind": "fog", "clusters": 5})
    assert set(fog.particle) == {"fog"}
    assert set(fog.label) == {0}
    assert np.isnan(fog.energy_keV).all()
    assert np.isnan(fog.direction).all()
    assert counts["made"] == counts["with_grain"]
    assert counts["energy_keV"] is None
    gamma, _ = write({"kind": "gamma", "source": "Cs137", "p_end": 1.0, "clusters": 5})
    assert set(gamma.particle) == {"Cs137"}
    assert set(gamma.energy_keV) == {10.0}


def test_the_same_number_of_recoils_is_made_at_each_energy(write):
    """None of 1 keV leaves a grain, and all that are kept are written."""
    recoils = {"kind": "recoils", "ion": "C", "energies_keV": [1, 60], "recoils": 70}
    clusters, (low, high) = write(recoils)
    assert (low["energy_keV"], low["made"], low["kept"]) == (1, 70, 0)
    assert (high["energy_keV"], high["made"]) == (60, 70)
    assert 0 < high["kept"] == len(clusters) < 70
    assert set(clusters.energy_keV) == {60.0}
    assert clusters.event_id.tolist() == [3 * EVENTS_PER_PART + i for i in range(len(clusters))]


def test_random_numbers_follow_the_seed_the_sample_and_the_part(write):
    first, _ = write(ION)
    again, _ = write(ION)
    np.testing.assert_array_equal(first.images, again.images)
    for change in ({"seed": 2}, {"sample": "other"}, {"part": "0004_ion"}):
        other, _ = write(ION, **change)
        assert not np.array_equal(first.images, other.images)


def test_a_threshold_that_keeps_nothing_is_an_error(write, monkeypatch):
    monkeypatch.setattr(stage, "MAX_PARTICLES", 100)
    with pytest.raises(ValueError, match=r"c60: none of \d+ particles .* reduce `min_peak_counts`"):
        write(ION, {"camera": {"min_peak_counts": 250}})
