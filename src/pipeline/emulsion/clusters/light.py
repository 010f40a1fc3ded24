"""Light of the segments in the eight images: scattering of polarised light and the microscope."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.emulsion.clusters.filaments import Segments
from pipeline.emulsion.config.detector import PLANES, Camera, Light, Optics

ANALYSER_DEG = np.arange(PLANES) * 180.0 / PLANES
REACH = 4.0  # standard deviations up to which a segment's light is drawn


def brightness(segments: Segments, light: Light) -> NDArray[np.float64]:
    """Brightness of each segment in each image, [s, 8].

    I_k = a G_k [1 - m + m cos^2(theta_k - phi)], theta_k = 22.5 deg k; m is the polarisation times
    the squared projection of the segment on the film, phi its angle there.
    """
    x, y, _ = segments.directions.T
    m = light.polarisation * (x * x + y * y)[:, None]
    angle = np.radians(ANALYSER_DEG) - np.arctan2(y, x)[:, None]
    polarised = 1 - m + m * np.cos(angle) ** 2
    return segments.amplitudes[:, None] * np.array(light.gains) * polarised


def expose(
    segments: Segments, light: Light, optics: Optics, camera: Camera, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Images [n, 8, rows, columns] without noise in units of a segment's peak, and the focus [n].

    The brightness-weighted mean of a cluster lies within half a pixel of the image's centre. The
    focus is the height of the focal plane above that mean [nm].
    """
    n = len(segments.offsets) - 1
    bright = brightness(segments, light)
    cluster = np.repeat(np.arange(n), np.diff(segments.offsets))
    weight = bright.sum(axis=1)
    total = np.bincount(cluster, weight, n)
    mean = np.stack([np.bincount(cluster, weight * a, n) for a in segments.middles.T], axis=1)
    place = segments.middles - (mean / total[:, None])[cluster]
    focus = rng.uniform(-optics.focus_nm, optics.focus_nm, n)
    centre = (camera.pixels - 1) / 2 + rng.uniform(-0.5, 0.5, (n, 2))
    jitter = rng.normal(0, optics.jitter_nm, (n, PLANES, 2))
    images = np.zeros((n, PLANES, camera.pixels, camera.pixels), np.float32)
    pixel = np.array(camera.pixel_nm)
    width = np.sqrt(1 + ((place[:, 2] - focus[cluster]) / optics.depth_nm) ** 2)
    shapes = np.array([_precision(optics, angle, camera.pixel_nm) for angle in ANALYSER_DEG])
    reach = REACH * max(optics.along_nm, optics.across_nm) / pixel
    _draw(
        segments.offsets,
        place[:, :2] / pixel + centre[cluster],
        jitter / pixel,
        width,
        bright,
        shapes,
        reach,
        images,
    )
    return images, focus


def _precision(
    optics: Optics, analyser_deg: float, pixel_nm: tuple[float, float]
) -> tuple[float, float, float]:
    """The elements xx, xy, yy of the inverse covariance of the point spread function [1/px2]."""
    angle = math.radians(optics.axis_deg + analyser_deg)
    cosine, sine = math.cos(angle), math.sin(angle)
    along, across = optics.along_nm**-2, optics.across_nm**-2
    return (
        pixel_nm[0] ** 2 * (cosine**2 * along + sine**2 * across),
        pixel_nm[0] * pixel_nm[1] * cosine * sine * (along - across),
        pixel_nm[1] ** 2 * (sine**2 * along + cosine**2 * across),
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _draw(offsets, places, jitter, widths, bright, shapes, reach, images):  # type: ignore[no-untyped-def]
    """Add the light of each segment to its cluster's images, lengths in pixels."""
    clusters, planes, rows, columns = images.shape
    for cluster in range(clusters):
        for s in range(offsets[cluster], offsets[cluster + 1]):
            square = widths[s] * widths[s]
            for plane in range(planes):
                x = places[s, 0] + jitter[cluster, plane, 0]
                y = places[s, 1] + jitter[cluster, plane, 1]
                left = max(0, math.ceil(x - reach[0] * widths[s]))
                right = min(columns - 1, math.floor(x + reach[0] * widths[s]))
                top = max(0, math.ceil(y - reach[1] * widths[s]))
                bottom = min(rows - 1, math.floor(y + reach[1] * widths[s]))
                xx = shapes[plane, 0] / square
                xy = shapes[plane, 1] / square
                yy = shapes[plane, 2] / square
                dx, dy = left - x, top - y
                # exp(-q/2) with q quadratic in row and column: the ratios of neighbours change by
                # constant factors.
                first = bright[s, plane] / square
                first *= math.exp(-(xx * dx * dx + 2 * xy * dx * dy + yy * dy * dy) / 2)
                along_x = math.exp(-xx * (dx + 0.5) - xy * dy)
                along_y = math.exp(-yy * (dy + 0.5) - xy * dx)
                bend_x, bend_y, twist = math.exp(-xx), math.exp(-yy), math.exp(-xy)
                for row in range(top, bottom + 1):
                    value, ratio = first, along_x
                    for column in range(left, right + 1):
                        images[cluster, plane, row, column] += value
                        value *= ratio
                        ratio *= bend_x
                    first *= along_y
                    along_y *= bend_y
                    along_x *= twist
