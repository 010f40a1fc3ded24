"""Observables of clusters from their eight images.

In each image the pixels within `REACH_PX` of the peak count that exceed the median by 3 counts and
by 35 % of the peak; weights are counts above the median. The peak is that of
`pipeline.emulsion.clusters.peak`. Images without any light, missing polarisations, do not count.
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.emulsion.clusters.peak import maximum, median

REACH_PX = 9.0
MIN_COUNTS, MIN_FRACTION = 3.0, 0.35
LEVELS = 256  # of a pixel
# The selection of NEWSdm (arXiv 1705.00613): shift in nm, path over shift.
SHIFT_NM, MAX_PATH = (30.0, 1000.0), 2.3


@dataclass(frozen=True)
class Observables:
    """Observables of n clusters, arrays [n]; NaN where less than two images have light.

    Angles are from x (right) to y (down), of axes: 0 to 180 deg.
    """

    images: NDArray[np.int64]  # with light
    shift_nm: NDArray[np.float64]  # largest distance of two barycentres
    shift_angle_deg: NDArray[np.float64]
    path_over_shift: NDArray[np.float64]  # closed path of the barycentres
    peak_counts: NDArray[np.float64]  # mean over the images
    modulation: NDArray[np.float64]  # (largest - smallest)/largest peak
    area_px: NDArray[np.float64]  # pixels that count, mean over the images
    brightness_counts: NDArray[np.float64]  # their sum, mean over the images
    axis_ratio: NDArray[np.float64]  # major over minor standard deviation of the mean image
    axis_angle_deg: NDArray[np.float64]  # of the major axis
    minor_sigma_nm: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def newsdm(self) -> NDArray[np.bool_]:
        """Whether clusters pass the selection of NEWSdm."""
        low, high = SHIFT_NM
        return (self.shift_nm > low) & (self.shift_nm < high) & (self.path_over_shift < MAX_PATH)


def measure(images: NDArray[np.uint8], pixel_nm: tuple[float, float]) -> Observables:
    """Observables of images [n, planes, rows, columns]; `pixel_nm` along x and y."""
    n, planes = images.shape[:2]
    spots = np.full((n, planes, 5), np.nan)
    moments = np.full((n, 3), np.nan)
    levels = np.empty(planes * (LEVELS - 1) + 1, np.int64)
    _measure(images, np.array(pixel_nm), levels, spots, moments)
    x, y, peak, area, brightness = np.moveaxis(spots, 2, 0)
    seen = np.isfinite(peak).sum(axis=1)
    enough = seen >= 2
    shift, angle, path = (np.full(n, np.nan) for _ in range(3))
    _shifts(np.ascontiguousarray(x), np.ascontiguousarray(y), shift, angle, path)
    xx, xy, yy = moments.T
    middle, half = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(enough, np.nansum(values, axis=1) / np.maximum(seen, 1), np.nan)

    top = np.fmax.reduce(peak, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Observables(
            images=seen,
            shift_nm=shift,
            shift_angle_deg=angle,
            path_over_shift=path / shift,
            peak_counts=mean(peak),
            modulation=np.where(enough, 1 - np.fmin.reduce(peak, axis=1) / top, np.nan),
            area_px=mean(area),
            brightness_counts=mean(brightness),
            axis_ratio=np.sqrt((middle + half) / (middle - half)),
            axis_angle_deg=np.degrees(np.arctan2(2 * xy, xx - yy) / 2) % 180,
            minor_sigma_nm=np.sqrt(middle - half),
        )


@njit(cache=True, error_model="numpy", nogil=True)
def _measure(images, pixel, levels, spots, moments):  # type: ignore[no-untyped-def]
    """Fill barycentre, peak, area and brightness [n, planes, 5] and second moments [n, 3]."""
    clusters, planes, rows, columns = images.shape
    sums = np.empty(columns, np.float32)
    total = np.empty((rows, columns), np.int64)
    for i in range(clusters):
        seen = 0
        total[:] = 0
        for plane in range(planes):
            image = images[i, plane]
            peak, row, column = maximum(image, sums)
            if peak == 0:
                continue
            seen += 1
            for a in range(rows):
                for b in range(columns):
                    total[a, b] += image[a, b]
            level = median(image, levels)
            peak -= level
            spot = _spot(image, row, column, peak, level, 1.0, pixel)
            spots[i, plane, 0] = spot[2]
            spots[i, plane, 1] = spot[3]
            spots[i, plane, 2] = peak
            spots[i, plane, 3] = spot[0]
            spots[i, plane, 4] = spot[1]
        if seen > 1:
            peak, row, column = maximum(total, sums)
            level = median(total, levels)
            spot = _spot(total, row, column, peak - level, level, float(seen), pixel)
            moments[i, 0] = spot[4]
            moments[i, 1] = spot[5]
            moments[i, 2] = spot[6]


@njit(cache=True, error_model="numpy")
def _spot(image, row, column, peak, level, images, pixel):  # type: ignore[no-untyped-def]
    """Area, sum, barycentre x, y and second moments xx, xy, yy of the pixels that count.

    `image` is the sum of a number of `images`. Without any such pixel the moments are NaN.
    """
    rows, columns = image.shape
    threshold = level + max(MIN_COUNTS * images, MIN_FRACTION * peak)
    reach = int(REACH_PX)
    area, weight = 0, 0.0
    x, y, xx, xy, yy = 0.0, 0.0, 0.0, 0.0, 0.0
    for a in range(max(0, row - reach), min(rows, row + reach + 1)):
        for b in range(max(0, column - reach), min(columns, column + reach + 1)):
            value = image[a, b]
            dx, dy = b - column, a - row
            if value > threshold and dx * dx + dy * dy <= REACH_PX * REACH_PX:
                w = value - level
                area += 1
                weight += w
                x += w * dx
                y += w * dy
                xx += w * dx * dx
                xy += w * dx * dy
                yy += w * dy * dy
    x /= weight
    y /= weight
    return (
        area,
        weight / images,
        (x + column) * pixel[0],
        (y + row) * pixel[1],
        (xx / weight - x * x) * pixel[0] ** 2,
        (xy / weight - x * y) * pixel[0] * pixel[1],
        (yy / weight - y * y) * pixel[1] ** 2,
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _shifts(x, y, shift, angle, path):  # type: ignore[no-untyped-def]
    """Fill the largest distance of two barycentres, its angle and the closed path.

    `x` and `y` [n, planes] are NaN where there is no barycentre.
    """
    clusters, planes = x.shape
    for i in range(clusters):
        first, last = -1, -1
        for a in range(planes):
            if math.isnan(x[i, a]):
                continue
            if first < 0:
                first, path[i] = a, 0.0
            else:
                path[i] += math.hypot(x[i, a] - x[i, last], y[i, a] - y[i, last])
            last = a
            for b in range(a):
                distance = math.hypot(x[i, a] - x[i, b], y[i, a] - y[i, b])
                if distance > shift[i] or (math.isnan(shift[i]) and distance >= 0):
                    shift[i] = distance
                    turned = math.degrees(math.atan2(y[i, a] - y[i, b], x[i, a] - x[i, b]))
                    angle[i] = turned % 180
        if last > first >= 0:
            path[i] += math.hypot(x[i, first] - x[i, last], y[i, first] - y[i, last])
