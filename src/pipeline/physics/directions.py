"""Random directions and rotations for compiled loops over collisions."""

import math

from numba import njit


@njit(cache=True, error_model="numpy")
def azimuth(rng):  # type: ignore[no-untyped-def]
    """Cosine and sine of a uniform angle, from a point in the unit disc."""
    while True:
        a = 2 * rng.random() - 1
        b = 2 * rng.random() - 1
        square = a * a + b * b
        if 0 < square <= 1:
            norm = 1 / math.sqrt(square)
            return a * norm, b * norm


@njit(cache=True, error_model="numpy")
def isotropic(u, v, w, rng):  # type: ignore[no-untyped-def]
    """An isotropic random direction; (u, v, w) is any unit vector."""
    cos_phi, sin_phi = azimuth(rng)
    return turn(u, v, w, 2 * rng.random() - 1, cos_phi, sin_phi)


@njit(cache=True, error_model="numpy")
def turn(u, v, w, cosine, cos_phi, sin_phi):  # type: ignore[no-untyped-def]
    """The direction (u, v, w) turned by a polar and an azimuthal angle."""
    sine = math.sqrt(max(0.0, 1 - cosine * cosine))
    a = sine * cos_phi
    b = sine * sin_phi
    transverse = math.sqrt(u * u + v * v)
    if transverse < 1e-10:
        return a, b, w * cosine
    return (
        u * cosine + (u * w * a - v * b) / transverse,
        v * cosine + (v * w * a + u * b) / transverse,
        w * cosine - transverse * a,
    )
