"""What the camera adds to the light, and which clusters are kept."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from pipeline.emulsion.clusters.camera import record
from pipeline.emulsion.config.detector import Camera

QUIET = {
    "pedestal_spread_counts": 0.0,
    "haze_blobs": 0.0,
    "brightness_spread": 0.0,
    "noise_counts": 0.0,
    "noise_per_count": 0.0,
}


def blobs(n, heights=(1.0,) * 8):
    """Light of n clusters: a Gaussian in the middle with these heights in the eight images."""
    square = np.sum((np.mgrid[:40, :40] - 19.5) ** 2, axis=0)
    one = np.exp(-square / (2 * 2.7**2))
    return np.tile(np.outer(heights, one).reshape(8, 40, 40), (n, 1, 1, 1)).astype(np.float32)


def test_the_mean_peak_has_the_brightness_of_the_settings(rng):
    settings = Camera(brightness_counts=60, **QUIET)
    images, kept = record(blobs(3, (1, 2, 1, 2, 1, 2, 1, 2)), settings, rng)
    assert kept.all()
    peaks = [uniform_filter(image.astype(float), 3).max() - 14 for image in images[0]]
    np.testing.assert_allclose(peaks, np.tile([40, 80], 4), atol=0.5)
    assert np.median(images) == 14
    np.testing.assert_array_equal(images[0], images[1])


def test_noise_has_the_variance_of_the_settings(rng):
    settings = Camera(**{**QUIET, "noise_counts": 3.0, "noise_per_count": 0.5}, pixels=64)
    flat = np.ones((4, 8, 64, 64), np.float32)
    images, _ = record(flat, settings.model_copy(update={"brightness_counts": 80.0}), rng)
    assert images.mean() == pytest.approx(94, abs=0.05)
    # Rounding adds 1/12.
    assert images.astype(float).var() == pytest.approx(9 + 0.5 * 80 + 1 / 12, rel=0.02)


def test_pedestal_and_haze_are_common_to_the_images_of_a_cluster(rng):
    settings = Camera(
        **{**QUIET, "pedestal_spread_counts": 3.0, "haze_blobs": 2.0, "haze_counts": 50.0}
    )
    images, _ = record(blobs(40), settings, rng)
    np.testing.assert_array_equal(images[:, 0], images[:, 5])
    border = np.median(images[:, 0, :4], axis=(1, 2))
    assert border.std() > 2


def test_a_dim_image_rejects_the_cluster_or_becomes_zero(rng):
    heights = (1, 1, 1, 1, 1, 1, 1, 0.1)
    dim = Camera(brightness_counts=8.0, **QUIET)
    _, kept = record(blobs(2, heights), dim, rng)
    assert not kept.any()
    zeros = dim.model_copy(update={"dim_images": "zeros"})
    images, kept = record(blobs(2, heights), zeros, rng)
    assert kept.all()
    assert images.any(axis=(2, 3)).tolist() == [[True] * 7 + [False]] * 2
    _, kept = record(
        blobs(2, (1, *[0.01] * 7)), dim.model_copy(update={"dim_images": "zeros"}), rng
    )
    assert not kept.any()


def test_bright_clusters_are_cut_off_at_the_last_level(rng):
    images, kept = record(blobs(1), Camera(brightness_counts=1000.0, **QUIET), rng)
    assert kept.all()
    assert images.max() == 255
