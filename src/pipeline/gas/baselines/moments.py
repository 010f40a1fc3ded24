"""Charge moments of a track and their principal axis, for use inside numba kernels."""

from collections.abc import Sequence

import numpy as np
from numba import njit

# Squaring doubles the exponent: 2^60 separates eigenvalues that differ by one part in 10^17.
_MAXIMUM_SQUARINGS = 60


def edges_cm(voxel_um: float | Sequence[float]) -> np.ndarray:
    """Edges of a voxel float64 [3] in cm, from one edge or all three in um."""
    return np.asarray(voxel_um, dtype=np.float64) * 1e-4 * np.ones(3)


@njit
def positions_cm(voxels: np.ndarray, bins: int, voxel_cm: np.ndarray) -> np.ndarray:
    """Voxel centres float64 [3, N], in cm from the grid's corner, of flat indices [N].

    `voxel_cm` float64 [3] are the edges of a voxel.
    """
    positions = np.empty((3, len(voxels)))
    # Unsigned: Python's rounding in divisions of negative numbers is several times slower.
    side = np.uint32(bins)
    for i in range(len(voxels)):
        voxel = np.uint32(voxels[i])
        row = voxel // side
        plane = row // side
        positions[0, i] = (plane + 0.5) * voxel_cm[0]
        positions[1, i] = (row - plane * side + 0.5) * voxel_cm[1]
        positions[2, i] = (voxel - row * side + 0.5) * voxel_cm[2]
    return positions


@njit
def principal_axis(
    xx: float, yy: float, zz: float, xy: float, xz: float, yz: float
) -> tuple[float, float, float, float]:
    """Unit eigenvector (x, y, z) and value of the largest eigenvalue of a covariance matrix.

    Power iteration with the matrix squared at every step: normalised powers of a matrix tend to
    the projector on its leading eigenvector (Golub & Van Loan, Matrix Computations, section 8.2).
    Equal eigenvalues are no special case: the result is any vector of the degenerate leading space.
    The sign is arbitrary. A zero matrix has no axis and gives NaN.
    """
    trace = xx + yy + zz
    if not trace > 0.0:
        return np.nan, np.nan, np.nan, np.nan
    a, b, c, d, e, f = xx / trace, yy / trace, zz / trace, xy / trace, xz / trace, yz / trace
    for _ in range(_MAXIMUM_SQUARINGS):
        dd, ee, ff = d * d, e * e, f * f
        a, b, c, d, e, f = (
            a * a + dd + ee,
            b * b + dd + ff,
            c * c + ee + ff,
            d * (a + b) + e * f,
            e * (a + c) + d * f,
            f * (b + c) + d * e,
        )
        # The trace of the square of a unit-trace matrix is 1 for a projector on one axis only.
        purity = a + b + c
        a, b, c = a / purity, b / purity, c / purity
        d, e, f = d / purity, e / purity, f / purity
        if purity > 1.0 - 1e-15:
            break
    if a >= b and a >= c:
        x, y, z = a, d, e
    elif b >= c:
        x, y, z = d, b, f
    else:
        x, y, z = e, f, c
    norm = np.sqrt(x * x + y * y + z * z)
    x, y, z = x / norm, y / norm, z / norm
    value = x * x * xx + y * y * yy + z * z * zz + 2.0 * (x * y * xy + x * z * xz + y * z * yz)
    return x, y, z, value
