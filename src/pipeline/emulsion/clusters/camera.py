"""The camera: brightness, haze, pedestal and noise, and the clusters that are kept."""

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtri

from pipeline.emulsion.clusters.peak import maximum, median
from pipeline.emulsion.config.detector import Camera

LEVELS = 256  # of a pixel
# Normal quantiles of 16 random bits: enough for noise that is rounded to whole counts.
_QUANTILES = ndtri((np.arange(1 << 16) + 0.5) / (1 << 16)).astype(np.float32)
MIN_BRIGHT = 2  # images of a cluster whose dim images are set to zero


def record(
    light: NDArray[np.float32], settings: Camera, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Record images [n, 8, rows, columns] of any common brightness; return which clusters are kept.

    The mean peak of the eight images follows a log-normal distribution, whatever the particle.
    """
    n = len(light)
    target = settings.brightness_counts * np.exp(
        settings.brightness_spread * rng.standard_normal(n)
    )
    pedestal = rng.normal(settings.pedestal_counts, settings.pedestal_spread_counts, n)
    haze = _haze(n, settings, rng)
    images: NDArray[np.uint8] = np.empty(light.shape, np.uint8)
    peaks: NDArray[np.float64] = np.empty(light.shape[:2])
    reject = settings.dim_images == "reject"
    _record(
        light,
        target,
        pedestal,
        haze,
        _QUANTILES,
        rng.integers(0, len(_QUANTILES), light.shape, np.uint16),
        settings.noise_counts**2,
        settings.noise_per_count,
        settings.min_peak_counts if reject else -np.inf,
        np.empty(LEVELS, np.int64),
        images,
        peaks,
    )
    bright = peaks >= settings.min_peak_counts
    if reject:
        return images, np.all(bright, axis=1)
    images[~bright] = 0
    return images, np.sum(bright, axis=1) >= MIN_BRIGHT


def _haze(n: int, settings: Camera, rng: np.random.Generator) -> NDArray[np.float32]:
    """Blobs of haze, the same in the images of a cluster, [n, rows, columns] in counts."""
    haze = np.zeros((n, settings.pixels, settings.pixels), np.float32)
    pixels = np.arange(settings.pixels)
    number = rng.poisson(settings.haze_blobs, n)
    for cluster in np.repeat(np.arange(n), number):
        x, y = rng.uniform(-0.5, settings.pixels - 0.5, 2)
        sigma = rng.uniform(*settings.haze_px)
        across, down = (np.exp(-(((pixels - c) / sigma) ** 2) / 2) for c in (x, y))
        haze[cluster] += settings.haze_counts * rng.random() * np.outer(down, across)
    return haze


@njit(cache=True, error_model="numpy", nogil=True)
def _record(  # type: ignore[no-untyped-def]
    light,
    target,
    pedestal,
    haze,
    quantiles,
    draws,
    variance,
    per_count,
    min_peak,
    histogram,
    images,
    peaks,
):
    """Fill `images` and their peaks [n, 8] from light [n, 8, rows, columns].

    The dimmest image comes first. If its peak is below `min_peak` the others are left undefined and
    their peaks zero.
    """
    clusters, planes, rows, columns = light.shape
    top = np.float32(len(histogram) - 1)
    variance, per_count = np.float32(variance), np.float32(per_count)
    sums = np.empty(columns, np.float32)
    heights = np.empty(planes)
    for i in range(clusters):
        for plane in range(planes):
            heights[plane] = maximum(light[i, plane], sums)[0]
        scale = np.float32(target[i] / heights.mean())
        floor = np.float32(pedestal[i] + 0.5)
        peaks[i] = 0
        dimmest = np.argmin(heights)
        for step in range(planes):
            plane = (dimmest + step) % planes
            for row in range(rows):
                for column in range(columns):
                    counts = scale * light[i, plane, row, column] + haze[i, row, column]
                    noise = np.sqrt(variance + per_count * counts)
                    counts += floor + noise * quantiles[draws[i, plane, row, column]]
                    images[i, plane, row, column] = min(max(counts, np.float32(0)), top)
            image = images[i, plane]
            peaks[i, plane] = maximum(image, sums)[0] - median(image, histogram)
            if peaks[i, plane] < min_peak:
                break
