"""Positions of the PMTs of an array."""

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pipeline.xenon.config.detector import Array, Hexagonal, Rings, Rows

_ROUNDING = 1e-9  # a site exactly at the radius counts as inside


def pmt_positions_cm(array: Array, radius_cm: float) -> NDArray[np.float64]:
    """Centres of an array's PMTs, [n, 2] in cm, in the order of the hit patterns.

    `radius_cm` limits a hexagonal array; rings and rows give their numbers of PMTs in the config.
    """
    match array:
        case Hexagonal():
            return _hexagonal(array.pitch_cm, radius_cm)
        case Rings():
            return _rings(array.pitch_cm, array.pmts)
        case Rows():
            return _rows(array.pitch_cm, array.pmts)
        case _:
            assert_never(array)


def _hexagonal(pitch_cm: float, radius_cm: float) -> NDArray[np.float64]:
    reach = int(2 * radius_cm / pitch_cm) + 1
    row, site = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1)
    # Squared distances in units of the pitch are whole numbers: i^2 + i j + j^2.
    inside = site**2 + site * row + row**2 <= (radius_cm / pitch_cm) ** 2 + _ROUNDING
    row, site = row[inside], site[inside]
    return pitch_cm * np.stack([site + row / 2, np.sqrt(3) / 2 * row], axis=1)


def _rings(pitch_cm: float, pmts: list[int]) -> NDArray[np.float64]:
    rings = []
    for ring, n in enumerate(pmts):
        phi = 2 * np.pi * np.arange(n) / n
        rings.append(ring * pitch_cm * np.stack([np.cos(phi), np.sin(phi)], axis=1))
    return np.concatenate(rings)


def _rows(pitch_cm: float, pmts: list[int]) -> NDArray[np.float64]:
    rows = []
    for row, n in enumerate(pmts):
        x = np.arange(n) - (n - 1) / 2
        y = np.full(n, np.sqrt(3) / 2 * (row - (len(pmts) - 1) / 2))
        rows.append(pitch_cm * np.stack([x, y], axis=1))
    return np.concatenate(rows)
