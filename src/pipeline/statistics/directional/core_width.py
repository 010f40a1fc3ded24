"""Width of the core of the angles between true and predicted axes, projected onto planes."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Array = NDArray[np.float64]

KEPT = 0.98


def core_width_deg(true: Array, predicted: Array) -> tuple[float, float]:
    """Width [deg] and its error for unit vectors [n, 3]; NaN for less than two events.

    Each axis has two angles to the true direction, in two planes through it at right angles. Of all
    angles the outer 2 % are left out, as in arXiv 2502.12387, and the standard deviation of the
    others is divided by the share of it that this leaves to a Gaussian: a Gaussian's width is its
    sigma. The error counts the two angles of an event as independent.
    """
    predicted = predicted * np.where((true * predicted).sum(1) < 0, -1.0, 1.0)[:, None]
    across = np.cross(true, np.eye(3)[np.abs(true).argmin(1)])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    planes = np.stack([across, np.cross(true, across)])
    sines = np.einsum("pni,ni->pn", planes, predicted)
    angles = np.degrees(np.arctan2(sines, (true * predicted).sum(1))).ravel()
    kept = np.sort(np.abs(angles))[: int(np.ceil(KEPT * angles.size))]
    if len(true) < 2:
        return np.nan, np.nan
    edge = norm.ppf((1 + KEPT) / 2)
    of_gaussian = np.sqrt(1 - 2 * edge * norm.pdf(edge) / KEPT)
    square, fourth = np.mean(kept**2), np.mean(kept**4)
    width = np.sqrt(square) / of_gaussian
    return float(width), float(width / 2 * np.sqrt((fourth / square**2 - 1) / kept.size))
