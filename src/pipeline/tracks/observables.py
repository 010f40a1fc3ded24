"""Shape observables of tracks that start at the origin along +z."""

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

FAR_UM = 60e3
CELL_UM = 500.0
_CELLS_PER_AXIS = 2 * int(FAR_UM / CELL_UM) + 1

Floats = NDArray[np.float64]


def track_observables(
    offsets: NDArray[np.int64], positions_um: NDArray[np.float32]
) -> pd.DataFrame:
    """Seventeen observables of each track, one row a track.

    `offsets` [n+1] delimits each track's electrons in `positions_um` [N, 3]. Electrons further
    than 60 mm from the start are left out: about one track in a thousand has a bremsstrahlung
    photon absorbed centimetres to metres away, which would dominate every moment.

    Angles refer to the initial direction +z; `skewness` is the third standardised moment along the
    principal axis pointed away from the start; `cells` counts occupied cubes of 0.5 mm; the columns
    `*_within_Rmm` use the electrons within R of the start. Where fewer than two electrons remain,
    moments are NaN. Raises ValueError if the offsets do not delimit the positions.
    """
    if offsets[0] != 0 or offsets[-1] != len(positions_um) or np.any(np.diff(offsets) < 0):
        raise ValueError(
            f"track offsets must rise from 0 to the number of electrons {len(positions_um)}, "
            f"got {offsets[0]} to {offsets[-1]}"
        )
    near = _near(offsets, positions_um)
    with np.errstate(invalid="ignore", divide="ignore"):
        means, covariance = _moments(offsets, positions_um, near)
    usable = np.isfinite(covariance).all(axis=(1, 2))
    variance = np.full((len(means), 3), np.nan)
    vectors = np.zeros((len(means), 3, 3))
    variance[usable], vectors[usable] = np.linalg.eigh(covariance[usable])
    axis = vectors[:, :, 2]
    axis = axis * np.where(np.sum(axis * means, axis=1) < 0, -1, 1)[:, None]
    std_mm = np.sqrt(np.maximum(variance, 0)) / 1e3
    skewness, length_mm = _along_axis(offsets, positions_um, near, means, axis)
    shape = _from_start(offsets, positions_um, near)
    return pd.DataFrame(
        {
            "electrons": np.add.reduceat(near, offsets[:-1], dtype=np.int64)
            * (np.diff(offsets) > 0),
            "max_radius_mm": shape[:, 0],
            "z_range_mm": shape[:, 1],
            "mean_radius_mm": shape[:, 2],
            "mean_z_mm": means[:, 2] / 1e3,
            "std_major_mm": std_mm[:, 2],
            "std_middle_mm": std_mm[:, 1],
            "std_minor_mm": std_mm[:, 0],
            "skewness": skewness,
            "length_mm": length_mm,
            "electrons_within_2mm": shape[:, 3],
            "electrons_within_5mm": shape[:, 4],
            "electrons_within_10mm": shape[:, 5],
            "mean_cosine_within_2mm": shape[:, 6],
            "mean_cosine_within_5mm": shape[:, 7],
            "rms_transverse_within_5mm": shape[:, 8],
            "cells": _occupied_cells(offsets, positions_um, near),
        }
    )


@njit(cache=True)
def _near(offsets, positions_um):  # type: ignore[no-untyped-def]
    near = np.empty(len(positions_um), np.bool_)
    for i in range(len(positions_um)):
        x, y, z = positions_um[i]
        near[i] = x * x + y * y + z * z <= FAR_UM * FAR_UM
    return near


@njit(cache=True)
def _moments(offsets, positions_um, near):  # type: ignore[no-untyped-def]
    tracks = len(offsets) - 1
    means = np.full((tracks, 3), np.nan)
    covariance = np.full((tracks, 3, 3), np.nan)
    for track in range(tracks):
        count = 0
        first = np.zeros(3)
        second = np.zeros((3, 3))
        for i in range(offsets[track], offsets[track + 1]):
            if near[i]:
                count += 1
                for a in range(3):
                    first[a] += positions_um[i, a]
                    for b in range(3):
                        second[a, b] += np.float64(positions_um[i, a]) * positions_um[i, b]
        if count > 1:
            means[track] = first / count
            covariance[track] = second / count - np.outer(means[track], means[track])
    return means, covariance


@njit(cache=True)
def _along_axis(offsets, positions_um, near, means, axis):  # type: ignore[no-untyped-def]
    tracks = len(offsets) - 1
    skewness = np.full(tracks, np.nan)
    length_mm = np.full(tracks, np.nan)
    for track in range(tracks):
        if np.isnan(means[track, 0]):
            continue
        count, second, third = 0, 0.0, 0.0
        low, high = np.inf, -np.inf
        for i in range(offsets[track], offsets[track + 1]):
            if near[i]:
                along = 0.0
                for a in range(3):
                    along += (positions_um[i, a] - means[track, a]) * axis[track, a]
                count += 1
                second += along**2
                third += along**3
                low, high = min(low, along), max(high, along)
        length_mm[track] = (high - low) / 1e3
        if second > 0:
            skewness[track] = third / count / (second / count) ** 1.5
    return skewness, length_mm


@njit(cache=True)
def _from_start(offsets, positions_um, near):  # type: ignore[no-untyped-def]
    tracks = len(offsets) - 1
    out = np.full((tracks, 9), np.nan)
    for track in range(tracks):
        count, radii, furthest = 0, 0.0, 0.0
        low, high = np.inf, -np.inf
        n2, n5, n10 = 0, 0, 0
        cosine2, cosine5, transverse5 = 0.0, 0.0, 0.0
        for i in range(offsets[track], offsets[track + 1]):
            if not near[i]:
                continue
            x, y, z = positions_um[i, 0] / 1e3, positions_um[i, 1] / 1e3, positions_um[i, 2] / 1e3
            transverse = x * x + y * y
            radius = np.sqrt(transverse + z * z)
            cosine = z / radius if radius > 0 else 1.0
            count += 1
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
    offsets: NDArray[np.int64], positions_um: NDArray[np.float32], near: NDArray[np.bool_]
) -> NDArray[np.int64]:
    tracks = len(offsets) - 1
    cell = np.floor(positions_um[near] / CELL_UM).astype(np.int64) + _CELLS_PER_AXIS // 2
    key = np.repeat(np.arange(tracks), np.diff(offsets))[near]
    for axis in range(3):
        key = key * _CELLS_PER_AXIS + cell[:, axis]
    occupied = np.unique(key) // _CELLS_PER_AXIS**3
    return np.bincount(occupied, minlength=tracks)
