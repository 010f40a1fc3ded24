"""Compare the batch kernels of the classical baselines with plain per-event numpy.

Both run in the same process on the same events, one thread, and must agree before they are timed.
Usage: python benchmarks/baselines.py [SHARD] [--events N]; without a voxel shard, random walks
with the size of electron recoil tracks are used.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from machine import best_s

from pipeline.gas.baselines.best_expected import best_expected
from pipeline.gas.baselines.non_ml import non_ml_directions
from pipeline.gas.config.evaluation import NonML
from pipeline.gas.voxels.shards import (
    VoxelBatch,
    concatenate,
    open_shard,
    read_shard,
    voxel_centres,
)

EPS_CM = 0.3


def plain_non_ml(positions: np.ndarray, charges: np.ndarray, parameters: NonML) -> np.ndarray:
    """Non-ML of one event: positions [N, 3] in cm, charges [N]; NaN if omitted."""
    centred = positions - np.average(positions, axis=0, weights=charges)
    second, axis = _leading(centred, charges)
    along = centred @ axis
    side = np.sign(np.sum(charges * along**3))
    scale = np.sqrt(second) if parameters.scale == "sqrt" else second
    kept = (side * along > parameters.lower * scale) & (side * along < parameters.upper * scale)
    if kept.sum() < parameters.minimum_points:
        return np.full(3, np.nan)
    start, charge = centred[kept], charges[kept]
    start = start - np.average(start, axis=0, weights=charge)
    if parameters.w0_cm is not None:
        charge = charge * np.exp(-np.linalg.norm(start, axis=1) / parameters.w0_cm)
    _, direction = _leading(start, charge)
    return -direction if side * (direction @ axis) > 0.0 else direction


def plain_best_expected(
    positions: np.ndarray, charges: np.ndarray, start: np.ndarray, true: np.ndarray, eps_cm: float
) -> np.ndarray:
    """Best-Expected of one event: positions [N, 3] and start [3] in cm; NaN if omitted."""
    near = np.linalg.norm(positions - start, axis=1) < eps_cm
    if near.sum() < 2:
        return np.full(3, np.nan)
    points, charge = positions[near], charges[near]
    _, axis = _leading(points - np.average(points, axis=0, weights=charge), charge)
    return axis if axis @ true >= 0.0 else -axis


def _leading(points: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    values, vectors = np.linalg.eigh((weights[:, None] * points).T @ points / weights.sum())
    return values[-1], vectors[:, -1]


def per_event(
    batch: VoxelBatch, bins: int, voxel_um: float, method: Callable[..., np.ndarray]
) -> np.ndarray:
    """`method(event, positions in cm, charges)` for every event: [n, 3]."""
    positions = voxel_centres(batch.voxels, bins).astype(np.float64) * voxel_um * 1e-4
    charges = batch.counts.astype(np.float64)
    limits = zip(batch.offsets[:-1], batch.offsets[1:], strict=True)
    return np.array(
        [method(i, positions[a:b], charges[a:b]) for i, (a, b) in enumerate(limits)]
    ).reshape(len(batch), 3)


def random_walks(
    events: int, bins: int, voxel_um: float, rng: np.random.Generator, electrons: int = 1000
) -> VoxelBatch:
    """Voxelised persistent random walks of about 2 cm whose charge gets denser to their end."""
    batches = []
    for event in range(events):
        heading = rng.normal(size=3) + np.cumsum(rng.normal(size=(electrons, 3)), axis=0) / 6.0
        heading /= np.linalg.norm(heading, axis=1, keepdims=True)
        steps_um = 40.0 * np.linspace(1.6, 0.2, electrons)[:, None] * heading
        path = np.cumsum(steps_um, axis=0)
        middle = path.mean(axis=0)
        cloud = path + rng.normal(0.0, 300.0, size=path.shape) - middle
        cells = np.floor(cloud / voxel_um + bins / 2).astype(np.int64)
        voxels, counts = np.unique(cells @ [bins * bins, bins, 1], return_counts=True)
        batches.append(
            VoxelBatch(
                source=np.array(["random walk"]),
                event_id=np.array([event]),
                offsets=np.array([0, len(voxels)]),
                voxels=voxels.astype(np.int32),
                counts=counts.astype(np.uint16),
                direction=heading[:1].astype(np.float32),
                start=(-middle / voxel_um + bins / 2).astype(np.float32)[None],
                sigma_um=np.array([300.0], np.float32),
                energy_keV=np.array([40.0], np.float32),
            )
        )
    return concatenate(batches)


def methods(
    batch: VoxelBatch, bins: int, voxel_um: float
) -> dict[str, tuple[Callable[[], np.ndarray], Callable[[], np.ndarray]]]:
    """Name -> (batch version, plain per-event version) of each baseline on `batch`."""
    parameters = NonML()
    start_cm = batch.start.astype(np.float64) * voxel_um * 1e-4
    return {
        "Non-ML": (
            lambda: non_ml_directions(batch, bins, voxel_um, parameters),
            lambda: per_event(
                batch, bins, voxel_um, lambda _, x, q: plain_non_ml(x, q, parameters)
            ),
        ),
        "Best-Expected": (
            lambda: best_expected(batch, bins, voxel_um, EPS_CM),
            lambda: per_event(
                batch,
                bins,
                voxel_um,
                lambda i, x, q: plain_best_expected(x, q, start_cm[i], batch.direction[i], EPS_CM),
            ),
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shard", nargs="?", help="voxel shard to read the events from")
    parser.add_argument("--events", type=int, default=2000)
    arguments = parser.parse_args()
    bins, voxel_um = 120, 500.0
    if arguments.shard is None:
        batch = random_walks(arguments.events, bins, voxel_um, np.random.default_rng(1))
    else:
        shard = open_shard(arguments.shard)
        bins, voxel_um = shard.bins, shard.cell_um[0]
        whole = concatenate(list(read_shard(arguments.shard)))
        batch = whole.take(np.arange(min(arguments.events, len(whole))))
    print(f"{len(batch)} events, {len(batch.voxels) / len(batch):.0f} voxels/event")
    print(f"{'method':<15}{'batch events/s':>16}{'plain events/s':>16}{'ratio':>8}")
    for name, (batched, plain) in methods(batch, bins, voxel_um).items():
        np.testing.assert_allclose(batched(), plain(), atol=1e-5)
        fast, slow = (best_s(call, time.perf_counter, 3) for call in (batched, plain))
        n = len(batch)
        print(f"{name:<15}{n / fast:>16,.0f}{n / slow:>16,.0f}{slow / fast:>8.1f}")


if __name__ == "__main__":
    main()
