"""Shape observables of tracks that start at the origin along +z."""

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

FAR_UM = 60e3
CELL_UM = 500.0
_CELLS_PER_AXIS = 2 * int(FAR_UM / CELL_UM) + 1


def track_observables(
    offsets: NDArray[np.int64], positions_um: NDArray[np.float32]
) -> pd.DataFrame:
    """Seventeen observables of each track, one row per track.

    `offsets` [n+1] delimits each track's electrons in `positions_um` [N, 3]. Electrons further
    than 60 mm from the start are left out: about one track in a thousand has a bremsstrahlung
    photon absorbed centimetres to metres away, which would dominate every moment.

    Angles refer to the initial direction +z; `skewness` is the third standardised moment along the
    principal axis oriented away from the start; `cells` counts occupied cubes of 0.5 mm; columns
    `*_within_Rmm` use the electrons within R of the start. An observable is NaN if the track lacks
    the electrons, or the two different positions, that it needs. Raises ValueError if the offsets
    do not delimit the positions.
    """
    if offsets[0] != 0 or offsets[-1] != len(positions_um) or np.any(np.diff(offsets) < 0):
        raise ValueError(
            f"track offsets must rise from 0 to the number of electrons {len(positions_um)}, "
            f"got {offsets[0]} to {offsets[-1]}"
        )
    near = np.einsum("ij,ij->i", positions_um, positions_um) <= FAR_UM**2
    track = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))[near]
    electrons = np.bincount(track, minlength=len(offsets) - 1)
    positions = positions_um[near]
    offsets = np.concatenate([[0], np.cumsum(electrons)])
    means, covariance = _moments(offsets, positions)
    variances, vectors = np.linalg.eigh(covariance)
    axis = vectors[:, :, 2] * np.where(np.sum(vectors[:, :, 2] * means, axis=1) < 0, -1, 1)[:, None]
    std_mm = np.sqrt(np.maximum(variances, 0)) / 1e3
    std_mm[electrons == 0] = np.nan
    skewness, length_mm = _along_axis(offsets, positions, means, axis).T
    start = _from_start(offsets, positions).T
    return pd.DataFrame(
        {
            "electrons": electrons,
            "max_radius_mm": start[0],
            "z_range_mm": start[1],
            "mean_radius_mm": start[2],
            "mean_z_mm": np.where(electrons > 0, means[:, 2], np.nan) / 1e3,
            "std_major_mm": std_mm[:, 2],
            "std_middle_mm": std_mm[:, 1],
            "std_minor_mm": std_mm[:, 0],
            "skewness": skewness,
            "length_mm": length_mm,
            "electrons_within_2mm": start[3].astype(int),
            "electrons_within_5mm": start[4].astype(int),
            "electrons_within_10mm": start[5].astype(int),
            "mean_cosine_within_2mm": start[6],
            "mean_cosine_within_5mm": start[7],
            "rms_transverse_mm_within_5mm": start[8],
            "cells": _occupied_cells(track, positions, len(electrons)),
        }
    )


@njit(cache=True)
def _moments(offsets, positions_um):  # type: ignore[no-untyped-def]
    """Mean [n, 3] and covariance [n, 3, 3] of each track; zeros where it has no electrons."""
    tracks = len(offsets) - 1
    means = np.zeros((tracks, 3))
    covariance = np.zeros((tracks, 3, 3))
    for track in range(tracks):
        first, last = offsets[track], offsets[track + 1]
        for i in range(first, last):
            for a in range(3):
                means[track, a] += positions_um[i, a] / (last - first)
        for i in range(first, last):
            for a in range(3):
                for b in range(3):
                    product = (positions_um[i, a] - means[track, a]) * (
                        positions_um[i, b] - means[track, b]
                    )
                    covariance[track, a, b] += product / (last - first)
    return means, covariance


@njit(cache=True)
def _along_axis(offsets, positions_um, means, axis):  # type: ignore[no-untyped-def]
    """Skewness and length [mm] of each track's projection on its axis, [n, 2]."""
    tracks = len(offsets) - 1
    out = np.full((tracks, 2), np.nan)
    for track in range(tracks):
        count = offsets[track + 1] - offsets[track]
        second, third = 0.0, 0.0
        low, high = np.inf, -np.inf
        for i in range(offsets[track], offsets[track + 1]):
            along = 0.0
            for a in range(3):
                along += (positions_um[i, a] - means[track, a]) * axis[track, a]
            second += along**2
            third += along**3
            low, high = min(low, along), max(high, along)
        if count > 0:
            out[track, 1] = (high - low) / 1e3
        if second > 0:
            out[track, 0] = third / count / (second / count) ** 1.5
    return out


@njit(cache=True)
def _from_start(offsets, positions_um):  # type: ignore[no-untyped-def]
    """Per track [n, 9], lengths in mm: largest radius, z range, mean radius, electrons within 2, 5
    and 10 mm, mean cosine within 2 and 5 mm, rms distance from the z axis within 5 mm."""
    tracks = len(offsets) - 1
    out = np.full((tracks, 9), np.nan)
    for track in range(tracks):
        count = offsets[track + 1] - offsets[track]
        radii, furthest = 0.0, 0.0
        low, high = np.inf, -np.inf
        n2, n5, n10 = 0, 0, 0
        cosine2, cosine5, transverse5 = 0.0, 0.0, 0.0
        for i in range(offsets[track], offsets[track + 1]):
            x, y, z = positions_um[i, 0] / 1e3, positions_um[i, 1] / 1e3, positions_um[i, 2] / 1e3
            transverse = x * x + y * y
            radius = np.sqrt(transverse + z * z)
            cosine = z / radius if radius > 0 else 1.0
            radii += radius
            furthest = max(furthest, radius)
            low, high = min(low, z), max(high, z)
            if radius < 2:
                n2 += 1
                cosine2 += cosine
            if radius < 5:
                n5 += 1
                cosine5 += cosine
                transverse5 += transverse
            if radius < 10:
                n10 += 1
        out[track, 3:6] = (n2, n5, n10)
        if count > 0:
            out[track, 0:3] = (furthest, high - low, radii / count)
        if n2 > 0:
            out[track, 6] = cosine2 / n2
        if n5 > 0:
            out[track, 7] = cosine5 / n5
            out[track, 8] = np.sqrt(transverse5 / n5)
    return out


def _occupied_cells(
    track: NDArray[np.int64], positions_um: NDArray[np.float32], tracks: int
) -> NDArray[np.int64]:
    cell = np.floor(positions_um / CELL_UM).astype(np.int64) + _CELLS_PER_AXIS // 2
    key = track
    for axis in range(3):
        key = key * _CELLS_PER_AXIS + cell[:, axis]
    return np.bincount(np.unique(key) // _CELLS_PER_AXIS**3, minlength=tracks)
