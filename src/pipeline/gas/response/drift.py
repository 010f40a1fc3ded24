"""Drift of electrons to the readout: anisotropic diffusion, and loss by attachment."""

import numba as nb
import numpy as np

UM_PER_CM = 1e4


@nb.njit(cache=True, nogil=True)
def diffused(
    positions_um: np.ndarray,
    offsets: np.ndarray,
    rotation: np.ndarray,
    drift_cm: np.ndarray,
    squared: np.ndarray,
    constant: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rotate n events about the origin, centre them on their electrons and diffuse them.

    Args:
        positions_um: [N, 3] electrons of all events.
        offsets: int64 [n + 1], event i has offsets[i]:offsets[i + 1].
        rotation: float64 [n, 3, 3].
        drift_cm: float64 [n], drift length of the mean of the electrons; an electron drifts longer
            by its z above the mean, and never less than 0.
        squared: float64 [n, 2], D^2 across and along z [um^2 / cm].
        constant: float64 [n, 2], variance across and along z without a drift [um^2].
        rng: draws three numbers for each electron, whatever the parameters are.

    Returns:
        Positions relative to the mean before diffusion [um], float64 [N, 3]; drift length of each
        electron [cm], float64 [N]; this mean in the rotated frame [um], float64 [n, 3].
    """
    moved, length_cm = np.empty((offsets[-1], 3)), np.empty(offsets[-1])
    centre_um = np.zeros((len(offsets) - 1, 3))
    for event in range(len(offsets) - 1):
        first, last = offsets[event], offsets[event + 1]
        centre = centre_um[event]
        turn = rotation[event]
        for i in range(first, last):
            # Indexed, not unpacked: numba would create a view of each row.
            x, y, z = positions_um[i, 0], positions_um[i, 1], positions_um[i, 2]
            for axis in range(3):
                moved[i, axis] = turn[axis, 0] * x + turn[axis, 1] * y + turn[axis, 2] * z
                centre[axis] += moved[i, axis]
        centre /= max(last - first, 1)
        for i in range(first, last):
            length = drift_cm[event] + (moved[i, 2] - centre[2]) / UM_PER_CM
            length_cm[i] = max(length, 0.0)
            across = np.sqrt(squared[event, 0] * length_cm[i] + constant[event, 0])
            along = np.sqrt(squared[event, 1] * length_cm[i] + constant[event, 1])
            for axis in range(3):
                sigma = along if axis == 2 else across
                moved[i, axis] += sigma * rng.standard_normal() - centre[axis]
    return moved, length_cm, centre_um


def surviving(
    length_cm: np.ndarray, attachment_per_cm: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Mask bool [N] of the electrons that arrive: a share exp(-attachment L) of them.

    `attachment_per_cm` is float64 [N].
    """
    if not attachment_per_cm.any():
        return np.ones(len(length_cm), bool)
    arrived: np.ndarray = rng.random(len(length_cm)) < np.exp(-attachment_per_cm * length_cm)
    return arrived
