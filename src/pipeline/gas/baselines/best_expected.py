"""Best-Expected: the direction of the charge around the true start.

Appendix A of Ghrear et al. 2024, Mach. Learn.: Sci. Technol. 5 035009. It uses the true start and
the true head-tail, so it is a benchmark and not a method of analysis.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numba import njit

from pipeline.gas.baselines.moments import edges_cm, positions_cm, principal_axis
from pipeline.gas.baselines.parameter_scan import cosine_table
from pipeline.gas.voxels.shards import VoxelBatch


def best_expected(
    batch: VoxelBatch, bins: int, voxel_um: float | Sequence[float], eps_cm: float
) -> np.ndarray:
    """Directions float32 [n, 3]; NaN where fewer than two voxels lie within `eps_cm` [cm].

    The principal axis of the voxels closer than `eps_cm` to the true start, charge-weighted and
    about their own charge mean, with the head-tail of the true direction.
    """
    return _batch_axes(batch, bins, voxel_um, [eps_cm])[:, 0]


def scan_eps(
    batches: Iterable[VoxelBatch],
    bins: int,
    voxel_um: float | Sequence[float],
    eps_cm: Sequence[float],
) -> pd.DataFrame:
    """Best-Expected at every radius of the increasing `eps_cm` [cm] on one test set.

    Returns:
        One row per radius: eps_cm, events, efficiency, cosine_distance, cosine_distance_err and
        the flag `tuned`, true for the radius with the smallest cosine distance.

    Raises:
        ValueError: the radii do not increase, or no event has two voxels within any radius.
    """
    if np.any(np.diff(eps_cm) <= 0.0):
        raise ValueError(f"eps_cm must increase, got {list(eps_cm)}")
    table = cosine_table(
        (
            np.einsum("nki,ni->nk", _batch_axes(b, bins, voxel_um, eps_cm), b.direction)
            for b in batches
        ),
        pd.DataFrame({"eps_cm": np.asarray(eps_cm, dtype=np.float64)}),
        "Best-Expected scan",
    ).drop(columns=["head_tail_efficiency", "cosine_distance_true_head_tail"])
    if not table["events"].any():
        raise ValueError(f"no event has two voxels within {max(eps_cm)} cm of its start; widen eps")
    return table.assign(tuned=table.index == table["cosine_distance"].idxmin())


def _batch_axes(
    batch: VoxelBatch, bins: int, voxel_um: float | Sequence[float], eps_cm: Sequence[float]
) -> np.ndarray:
    """Directions float32 [n, radii, 3]."""
    return _axes(
        batch.offsets,
        batch.voxels,
        batch.counts,
        batch.start,
        batch.direction,
        bins,
        edges_cm(voxel_um),
        np.asarray(eps_cm, dtype=np.float64),
    )


@njit(nogil=True)
def _axes(
    offsets: np.ndarray,
    voxels: np.ndarray,
    counts: np.ndarray,
    start: np.ndarray,
    direction: np.ndarray,
    bins: int,
    voxel_cm: np.ndarray,
    eps_cm: np.ndarray,
) -> np.ndarray:
    events, radii = len(offsets) - 1, len(eps_cm)
    axes = np.full((events, radii, 3), np.nan, np.float32)
    for event in range(events):
        own = slice(offsets[event], offsets[event + 1])
        positions = positions_cm(voxels[own], bins, voxel_cm)
        charges = counts[own]
        # Voxels, charge, first and second moments per shell; running sums give the spheres.
        shells = np.zeros((radii, 11))
        for i in range(len(charges)):
            q = float(charges[i])
            x = positions[0, i] - start[event, 0] * voxel_cm[0]
            y = positions[1, i] - start[event, 1] * voxel_cm[1]
            z = positions[2, i] - start[event, 2] * voxel_cm[2]
            distance = np.sqrt(x * x + y * y + z * z)
            shell = 0
            while shell < radii and distance >= eps_cm[shell]:
                shell += 1
            if shell == radii:
                continue
            shells[shell, 0] += 1.0
            shells[shell, 1] += q
            shells[shell, 2] += q * x
            shells[shell, 3] += q * y
            shells[shell, 4] += q * z
            shells[shell, 5] += q * x * x
            shells[shell, 6] += q * y * y
            shells[shell, 7] += q * z * z
            shells[shell, 8] += q * x * y
            shells[shell, 9] += q * x * z
            shells[shell, 10] += q * y * z
        sums, mean = np.zeros(11), np.zeros(11)
        for k in range(radii):
            for moment in range(11):
                sums[moment] += shells[k, moment]
            if sums[0] < 2.0:
                continue
            for moment in range(2, 11):
                mean[moment] = sums[moment] / sums[1]
            x, y, z, _ = principal_axis(
                mean[5] - mean[2] * mean[2],
                mean[6] - mean[3] * mean[3],
                mean[7] - mean[4] * mean[4],
                mean[8] - mean[2] * mean[3],
                mean[9] - mean[2] * mean[4],
                mean[10] - mean[3] * mean[4],
            )
            true = direction[event]
            head = -1.0 if x * true[0] + y * true[1] + z * true[2] < 0.0 else 1.0
            axes[event, k, 0] = head * x
            axes[event, k, 1] = head * y
            axes[event, k, 2] = head * z
    return axes
