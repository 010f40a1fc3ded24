"""Non-ML: the initial direction from charge moments, without machine learning.

Appendix A of Ghrear et al. 2024, Mach. Learn.: Sci. Technol. 5 035009, a 3D form of Di Marco et
al. 2022, AJ 163 170. All lengths are in cm.
"""

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numba import njit

from pipeline.gas.baselines.moments import edges_cm, positions_cm, principal_axis
from pipeline.gas.baselines.parameter_scan import cosine_table
from pipeline.gas.config.evaluation import NonML
from pipeline.gas.voxels.shards import VoxelBatch


def non_ml_directions(
    batch: VoxelBatch, bins: int, voxel_um: float | Sequence[float], parameters: NonML
) -> np.ndarray:
    """Initial directions float32 [n, 3]; NaN where the method omits an event.

    1. v_PA is the principal axis of the charge around the barycentre, M2 and M3 the second and
       third moment along it; v_PA points to -sgn(M3), from the thin start to the dense end.
    2. The voxels on the side of sgn(M3) between `lower` and `upper` times the scale are kept. The
       scale is M2 (`scale` "paper") or its square root ("sqrt"). With too few of these voxels, the
       event is omitted.
    3. x_IP is their charge-weighted mean. The direction is the axis of the largest second moment
       about x_IP with weights charge * exp(-|x - x_IP| / w0), oriented along v_PA.
    """
    return _batch_axes(
        batch,
        bins,
        voxel_um,
        parameters,
        [parameters.w0_cm],
        [(parameters.lower, parameters.upper)],
    )[:, 0, 0]


def tune_non_ml(
    batches: Iterable[VoxelBatch], bins: int, voxel_um: float | Sequence[float], parameters: NonML
) -> pd.DataFrame:
    """Non-ML at every point of `parameters.tuning` on one test set.

    Returns:
        One row per grid point: w0_cm (inf: no reweighting), lower, upper, the columns of
        `cosine_table`, and two flags that each mark one row: `tuned`, the smallest cosine distance
        with the method's own head-tail, and `tuned_true_head_tail`, with the true one.

    Raises:
        ValueError: no grid point passes `minimum_efficiency`.
    """
    grid = parameters.tuning
    windows = [(low, up) for low, up in product(grid.lower, grid.upper) if up > low]
    rows = [
        (low, up, np.inf if w0 is None else w0) for (low, up), w0 in product(windows, grid.w0_cm)
    ]
    table = cosine_table(
        (
            np.einsum(
                "nwki,ni->nwk",
                _batch_axes(batch, bins, voxel_um, parameters, grid.w0_cm, windows),
                batch.direction,
            ).reshape(len(batch), len(rows))
            for batch in batches
        ),
        pd.DataFrame(rows, columns=["lower", "upper", "w0_cm"]),
        "Non-ML tuning",
    )
    eligible = table[table["efficiency"] > grid.minimum_efficiency]
    if eligible.empty:
        raise ValueError(
            f"no point of the Non-ML tuning grid keeps more than {grid.minimum_efficiency:.0%} of "
            f"the events (best: {table['efficiency'].max():.1%}); widen lower and upper"
        )
    for flag, column in (
        ("tuned", "cosine_distance"),
        ("tuned_true_head_tail", "cosine_distance_true_head_tail"),
    ):
        table[flag] = table.index == eligible[column].idxmin()
    return table


def tuned_parameters(table: pd.DataFrame, parameters: NonML, flag: str = "tuned") -> NonML:
    """`parameters` with the grid point that a `tune_non_ml` table marks by the column `flag`."""
    chosen = table.loc[table[flag]].iloc[0]
    w0_cm = float(chosen["w0_cm"])
    return parameters.model_copy(
        update={
            "w0_cm": w0_cm if np.isfinite(w0_cm) else None,
            "lower": float(chosen["lower"]),
            "upper": float(chosen["upper"]),
        }
    )


def _batch_axes(
    batch: VoxelBatch,
    bins: int,
    voxel_um: float | Sequence[float],
    parameters: NonML,
    w0_cm: Iterable[float | None],
    windows: list[tuple[float, float]],
) -> np.ndarray:
    """Directions float32 [n, windows, weight lengths, 3]."""
    return _axes(
        batch.offsets,
        batch.voxels,
        batch.counts,
        bins,
        edges_cm(voxel_um),
        np.array([0.0 if w0 is None else 1.0 / w0 for w0 in w0_cm]),
        np.array(windows, dtype=np.float64),
        parameters.scale == "sqrt",
        parameters.minimum_points,
    )


@njit(nogil=True)
def _axes(
    offsets: np.ndarray,
    voxels: np.ndarray,
    counts: np.ndarray,
    bins: int,
    voxel_cm: np.ndarray,
    falloff_per_cm: np.ndarray,
    windows: np.ndarray,
    sqrt_scale: bool,
    minimum_points: int,
) -> np.ndarray:
    events = len(offsets) - 1
    axes = np.full((events, len(windows), len(falloff_per_cm), 3), np.nan, np.float32)
    for event in range(events):
        first, size = offsets[event], offsets[event + 1] - offsets[event]
        positions = positions_cm(voxels[first : first + size], bins, voxel_cm)
        charges, along = np.empty(size), np.empty(size)
        for i in range(size):
            charges[i] = counts[first + i]
        _centre(positions, charges)
        ax, ay, az, second = _axis_about_origin(positions, charges)
        third = 0.0
        for i in range(size):
            along[i] = ax * positions[0, i] + ay * positions[1, i] + az * positions[2, i]
            third += charges[i] * along[i] ** 3
        side = np.sign(third)
        scale = np.sqrt(second) if sqrt_scale else second
        start, charge = np.empty((3, size)), np.empty(size)
        distance, weights = np.empty(size), np.empty(size)
        for window in range(len(windows)):
            kept = 0
            for i in range(size):
                if windows[window, 0] * scale < side * along[i] < windows[window, 1] * scale:
                    for axis in range(3):
                        start[axis, kept] = positions[axis, i]
                    charge[kept] = charges[i]
                    kept += 1
            if kept < minimum_points:
                continue
            _centre(start[:, :kept], charge[:kept])
            nearest = np.inf
            for i in range(kept):
                distance[i] = np.sqrt(start[0, i] ** 2 + start[1, i] ** 2 + start[2, i] ** 2)
                nearest = min(nearest, distance[i])
            for k in range(len(falloff_per_cm)):
                # Relative to the nearest point, so that short weight lengths do not underflow.
                for i in range(kept):
                    weights[i] = charge[i] * np.exp((nearest - distance[i]) * falloff_per_cm[k])
                x, y, z, _ = _axis_about_origin(start, weights[:kept])
                head = -1.0 if (x * ax + y * ay + z * az) * side > 0.0 else 1.0
                axes[event, window, k, 0] = head * x
                axes[event, window, k, 1] = head * y
                axes[event, window, k, 2] = head * z
    return axes


@njit
def _centre(positions: np.ndarray, weights: np.ndarray) -> None:
    for axis in range(3):
        moment = total = 0.0
        for i in range(len(weights)):
            moment += weights[i] * positions[axis, i]
            total += weights[i]
        for i in range(len(weights)):
            positions[axis, i] -= moment / total


@njit
def _axis_about_origin(
    positions: np.ndarray, weights: np.ndarray
) -> tuple[float, float, float, float]:
    xx = yy = zz = xy = xz = yz = total = 0.0
    for i in range(len(weights)):
        w, x, y, z = weights[i], positions[0, i], positions[1, i], positions[2, i]
        xx += w * x * x
        yy += w * y * y
        zz += w * z * z
        xy += w * x * y
        xz += w * x * z
        yz += w * y * z
        total += w
    return principal_axis(xx / total, yy / total, zz / total, xy / total, xz / total, yz / total)
