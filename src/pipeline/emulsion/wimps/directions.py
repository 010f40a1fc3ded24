"""Directions of selected WIMP recoils in the plane of the film, true and measured.

An equatorial mount keeps Cygnus in this plane. Angles are counted from the direction away from
Cygnus, in which most recoils point.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.emulsion.wimps.response import Response
from pipeline.physics.wimp_recoils import RecoilRates
from pipeline.statistics.directional.planar import AXIS, AXIS_KAPPA, RAYLEIGH, RAYLEIGH_KAPPA
from pipeline.statistics.directional.planar_toys import Plane

Array = NDArray[np.float64]

MEASURED_AXES, MEASURED_SENSE = "measured axes", "measured sense"
TRUE_AXES, TRUE_SENSE = "true axes", "true sense"


def kinds_of_directions(head_tail: float) -> list[str]:
    """What is tested, if the sense of a measured axis is found with probability `head_tail`."""
    sense = [MEASURED_SENSE] if head_tail > 0.5 else []
    return [MEASURED_AXES, *sense, TRUE_AXES, TRUE_SENSE]


@dataclass(frozen=True)
class Directions:
    """Directions of one kind: signal events for toys, and for each statistic the mean cosine.

    The mean cosine is that of the multiplied angle, with its error. With weights it is
    <w cos> / sqrt(<w^2>), which the median of the statistic follows.
    """

    plane: Plane
    mean_cosines: dict[str, tuple[float, float]]


def projected_angle_rad(rng: np.random.Generator, cos_gamma: Array) -> Array:
    """Angles [n] in the film of recoils at angles gamma to the axis of Cygnus.

    The azimuth about that axis is uniform.
    """
    azimuth = rng.uniform(0, 2 * np.pi, len(cos_gamma))
    across = np.sqrt(1 - cos_gamma**2) * np.cos(azimuth)
    return np.arctan2(across, cos_gamma)


def recoil_directions(
    rng: np.random.Generator, selected: RecoilRates, response: Response, head_tail: float, n: int
) -> dict[str, Directions]:
    """Directions of `n` random selected recoils, by `kinds_of_directions`.

    The sense of a measured axis is the end nearer to the true direction.

    Raises:
        ValueError: no recoil is selected, or see `Response.draw`.
    """
    recoils = selected.sample(rng, n)
    true = projected_angle_rad(rng, recoils.cos_gamma)
    found = response.draw(rng, selected.elements, recoils.element, recoils.energy_keV)
    measured, own = true + found.turn_rad, np.arange(n)
    wrong_end = (np.cos(found.turn_rad) < 0) ^ (rng.random(n) >= head_tail)
    every = {
        MEASURED_AXES: _directions(measured, 2, found.row, found.kappa),
        MEASURED_SENSE: _directions(measured + np.pi * wrong_end, 1, found.row),
        TRUE_AXES: _directions(true, 2, own),
        TRUE_SENSE: _directions(true, 1, own),
    }
    return {kind: every[kind] for kind in kinds_of_directions(head_tail)}


def _directions(
    angle_rad: Array, multiple: int, row: NDArray[np.int64], kappa: Array | None = None
) -> Directions:
    plane = Plane.from_angles(angle_rad, multiple, kappa)
    plain = _mean_cosine(plane.cosine, np.ones(len(row)), row)
    means = {AXIS: plain, RAYLEIGH: plain}
    if plane.has_kappa:
        weighted = _mean_cosine(plane.cosine, plane.weight, row)
        means |= {AXIS_KAPPA: weighted, RAYLEIGH_KAPPA: weighted}
    return Directions(plane, means)


def _mean_cosine(cosine: Array, weight: Array, row: NDArray[np.int64]) -> tuple[float, float]:
    """<w cos> / sqrt(<w^2>) of events [n] and its error, to first order in their deviations.

    Events that share a row of the response, by its number [n], deviate together.
    """
    scale = np.sqrt(np.mean(weight**2))
    mean = np.mean(weight * cosine) / scale
    deviation = weight * cosine / scale - mean * (1 + (weight / scale) ** 2) / 2
    of_rows = np.bincount(row, deviation)
    return float(mean), float(np.sqrt((of_rows**2).sum()) / len(cosine))
