"""Images of events: each photon appears once, in the right pixel."""

import numpy as np
import pytest
from helpers.made_responses import made_events, respond

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.response.arrays import pmt_positions_cm
from pipeline.xenon.response.shards import write_shard
from pipeline.xenon.xenon1t.images import ImageEncoder, shown_event

XENON1T = Detector(base="xenon1t")


def made_batch(n=20, **columns):
    rng = np.random.default_rng(1)
    quanta = {"photons": 400, "electrons": rng.integers(50, 300, n), "depth_cm": 40.0}
    return respond(XENON1T, made_events(n, **{**quanta, **columns}))


@pytest.mark.parametrize("size", [8, 32, 50])
@pytest.mark.parametrize("base", ["xenon1t", "darwin"])
def test_layers_add_up_to_the_photons(base, size):
    detector = Detector(base=base)
    batch = respond(detector, made_events(20, photons=400, electrons=100, depth_cm=40.0))
    counts = ImageEncoder.of(detector, size).counts(batch)
    assert counts.shape == (20, 3, size, size)
    top, bottom, waveforms = counts.sum((2, 3)).T
    np.testing.assert_array_equal(top, batch.top.sum(1))
    np.testing.assert_array_equal(top + bottom, batch.s2_photons_detected)
    np.testing.assert_array_equal(waveforms, batch.s1_photons_detected + batch.s2_photons_detected)
    s1 = counts[:, 2].reshape(20, -1)[:, : size * size // 2].sum(1)
    np.testing.assert_array_equal(s1, batch.s1_photons_detected)


def test_every_pmt_lights_the_pixel_at_its_place():
    size, encoder = 32, ImageEncoder.of(XENON1T, 32)
    cm_per_pixel = 2 * 47.7 / (size - 1)
    for array, pixel in (
        (XENON1T.arrays.top, encoder.top),
        (XENON1T.arrays.bottom, encoder.bottom),
    ):
        position_cm = pmt_positions_cm(array, XENON1T.geometry.radius_cm)
        assert len(np.unique(pixel)) == len(position_cm)
        row, column = np.divmod(pixel, size)
        place_cm = (np.stack([column, row], axis=1) - (size - 1) / 2) * cm_per_pixel
        assert np.abs(place_cm - position_cm).max() <= 0.5 * cm_per_pixel + 1e-6


def test_light_is_above_the_event():
    counts = ImageEncoder.of(XENON1T, 32).counts(made_batch(x_cm=25.0, y_cm=-15.0))
    row, column = np.divmod(counts[:, 0].sum(0).argmax(), 32)
    cm_per_pixel = 2 * 47.7 / 31
    assert abs((column - 15.5) * cm_per_pixel - 25) < 8
    assert abs((row - 15.5) * cm_per_pixel + 15) < 8


def test_s1_runs_on_in_time():
    encoder = ImageEncoder.of(XENON1T, 32)
    np.testing.assert_array_equal(encoder.s1, np.arange(125))


@pytest.mark.parametrize("depth_cm", [6.5, 40.0, 90.0])
def test_s2_is_as_late_as_the_electrons_drift(depth_cm):
    """Half the image spans the longest drift and a window: 691 us, 1.35 us a pixel of 512."""
    counts = ImageEncoder.of(XENON1T, 32).counts(made_batch(depth_cm=depth_cm))
    s2 = counts[:, 2].reshape(20, -1)[:, 512:]
    time_us = (s2 @ (np.arange(512) + 0.5)) / s2.sum(1) * (96.9 * 10 / 1.44 + 18) / 512
    # Trapping and the crossing of the gap take some 0.7 us.
    assert np.abs(time_us - (depth_cm * 10 / 1.44 + 0.7)).max() < 1


def test_without_an_s1_no_drift_is_known():
    near, far = (
        ImageEncoder.of(XENON1T, 32).counts(made_batch(photons=0, depth_cm=depth_cm))[:, 2]
        for depth_cm in (10.0, 80.0)
    )
    for waveforms in (near, far):
        assert np.flatnonzero(waveforms.reshape(20, -1).sum(0)).max() < 512 + 14


def test_networks_see_the_logarithm():
    encoder, batch = ImageEncoder.of(XENON1T, 16), made_batch(3)
    np.testing.assert_array_equal(
        encoder(batch), np.log1p(encoder.counts(batch)).reshape(3, 3 * 16 * 16)
    )


def test_event_that_is_shown_triggers_and_is_near_10_keV(tmp_path):
    energies = np.array([10.0, 9.0, 11.5, 30.0])
    batch = made_batch(4, energy_keV=energies, photons=[0, 400, 400, 400], electrons=100)
    write_shard(tmp_path / "shard.parquet", [batch], {})
    encoder = ImageEncoder.of(XENON1T, 32)
    shown = shown_event(tmp_path / "shard.parquet", encoder)
    assert shown.energy_keV == 9
    np.testing.assert_array_equal(shown.counts, encoder.counts(batch)[1])
