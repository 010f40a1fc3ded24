"""Distribution of the S2 photons over the PMT arrays."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.response.arrays import pmt_positions_cm
from pipeline.xenon.response.sampling import multinomial


class ArrayOptics(NamedTuple):
    """Constants of the hit pattern in an array; lengths in cm."""

    pmts: NDArray[np.float64]  # [n, 2]
    width: float
    uniform: float  # share of the light


class Optics(NamedTuple):
    """Constants of the hit patterns."""

    top: ArrayOptics
    bottom: ArrayOptics
    top_share: float


def optics_constants(detector: Detector) -> Optics:
    """Constants of the hit patterns from the config block of a detector."""
    patterns, radius_cm = detector.patterns, detector.geometry.radius_cm
    top, bottom = (
        pmt_positions_cm(array, radius_cm)
        for array in (detector.arrays.top, detector.arrays.bottom)
    )
    return Optics(
        ArrayOptics(top, patterns.top_width_cm, patterns.top_uniform_fraction),
        ArrayOptics(bottom, patterns.bottom_width_cm, 0.0),
        patterns.top_fraction,
    )


@njit(cache=True, error_model="numpy")
def fill_expected_pattern(  # type: ignore[no-untyped-def]
    pmts, width_cm, uniform, x_cm, y_cm, variance_cm2, cumulative
):
    """Fill `cumulative` [n] with the cumulative shares of the light in the `pmts` [n, 2].

    The light comes from electrons around (x, y) with the variance `variance_cm2` along each axis.
    The average of f = (1 + r^2/w^2)^-1.5 over these electrons is f + variance/2 laplacian(f), to
    second order in their spread over w.
    """
    scale = 1 / (width_cm * width_cm)
    total = 0.0
    for pmt in range(len(pmts)):
        dx, dy = pmts[pmt, 0] - x_cm, pmts[pmt, 1] - y_cm
        far = (dx * dx + dy * dy) * scale
        inverse = 1 / (1 + far)
        seen = inverse * math.sqrt(inverse)
        laplacian = seen * inverse * (-6 + 15 * far * inverse) * scale
        total += max(seen + variance_cm2 / 2 * laplacian, 0.0)
        cumulative[pmt] = total
    for pmt in range(len(pmts)):
        even = (pmt + 1) / len(pmts)
        cumulative[pmt] = (1 - uniform) * cumulative[pmt] / total + uniform * even


@njit(cache=True, error_model="numpy")
def spread_light(  # type: ignore[no-untyped-def]
    rng, optics, photons, electrons, x_cm, y_cm, variance_cm2, cumulative, top, bottom
):
    """Fill an event's patterns `top` [n] and `bottom` [m] with its detected `photons`.

    The positions of the `electrons` have diffused with the variance `variance_cm2` along each
    axis. Their mean position is drawn at random, and the remaining variance widens the pattern.
    `cumulative` [max(n, m)] is workspace.
    """
    if electrons == 0:
        top[:] = 0
        bottom[:] = 0
        return
    centre_cm = math.sqrt(variance_cm2 / electrons)
    x_cm += centre_cm * rng.standard_normal()
    y_cm += centre_cm * rng.standard_normal()
    within_cm2 = variance_cm2 * (1 - 1 / electrons)
    above = rng.binomial(photons, optics.top_share)
    for array, detected, pattern in (
        (optics.top, above, top),
        (optics.bottom, photons - above, bottom),
    ):
        shares = cumulative[: len(pattern)]
        fill_expected_pattern(
            array.pmts, array.width, array.uniform, x_cm, y_cm, within_cm2, shares
        )
        multinomial(rng, detected, shares, pattern)
