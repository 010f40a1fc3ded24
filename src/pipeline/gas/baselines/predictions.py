"""The classical methods on one test set: their parameter scans and prediction tables."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.tables import Described, Inputs, Params
from pipeline.gas.baselines.best_expected import best_expected, scan_eps
from pipeline.gas.baselines.non_ml import non_ml_directions, tune_non_ml, tuned_parameters
from pipeline.gas.config.evaluation import BestExpected, NonML
from pipeline.gas.voxels.dataset import stream_batches
from pipeline.gas.voxels.shards import Shard, VoxelBatch, open_shard
from pipeline.statistics.directional.predictions import (
    described,
    prediction_table,
    with_true_head_tail,
)

BATCH_EVENTS = 2048


def non_ml_predictions(
    shards: Sequence[Path], settings: NonML
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Prediction tables of the four Non-ML variants, and the table of the tuning grid.

    The keys are `non_ml`, `non_ml_true` (true head-tail), `non_ml_tuned` and `non_ml_tuned_true`.
    """
    grid = _grid(shards)
    tuning = tune_non_ml(_batches(shards), grid.bins, grid.cell_um, settings)

    def predicted(parameters: NonML) -> pd.DataFrame:
        def directions(batch: VoxelBatch) -> np.ndarray:
            return non_ml_directions(batch, grid.bins, grid.cell_um, parameters)

        return _predicted(shards, directions)

    standard = predicted(settings)
    tuned_true = predicted(tuned_parameters(tuning, settings, "tuned_true_head_tail"))
    tables = {
        "non_ml": standard,
        "non_ml_true": with_true_head_tail(standard),
        "non_ml_tuned": predicted(tuned_parameters(tuning, settings)),
        "non_ml_tuned_true": with_true_head_tail(tuned_true),
    }
    return tables, tuning


def best_expected_predictions(
    shards: Sequence[Path], settings: BestExpected
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Prediction table of Best-Expected at its best radius, and the table of all radii."""
    grid = _grid(shards)
    scan = scan_eps(_batches(shards), grid.bins, grid.cell_um, settings.eps_cm)
    eps_cm = float(scan.loc[scan["tuned"], "eps_cm"].iloc[0])

    def directions(batch: VoxelBatch) -> np.ndarray:
        return best_expected(batch, grid.bins, grid.cell_um, eps_cm)

    return _predicted(shards, directions), scan


def _grid(shards: Sequence[Path]) -> Shard:
    return open_shard(shards[0])


def _batches(shards: Sequence[Path]) -> Iterator[VoxelBatch]:
    return stream_batches(shards, BATCH_EVENTS)


def _predicted(
    shards: Sequence[Path], directions: Callable[[VoxelBatch], np.ndarray]
) -> pd.DataFrame:
    tables = [prediction_table(batch, directions(batch)) for batch in _batches(shards)]
    return pd.concat(tables, ignore_index=True)


def non_ml_from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame | Described]:
    """Prediction tables of the four variants of Non-ML, and the table `scan` of its tuning."""
    tables, tuning = non_ml_predictions(_shards(inputs), NonML.model_validate(params))
    return {**{name: described(table) for name, table in tables.items()}, "scan": tuning}


def best_expected_from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame | Described]:
    """Prediction table of Best-Expected, and the table `scan` of its radii."""
    settings = BestExpected.model_validate(params)
    table, scan = best_expected_predictions(_shards(inputs), settings)
    return {"best_expected": described(table), "scan": scan}


def _shards(inputs: Inputs) -> list[Path]:
    return [Path(path) for path in inputs["shards"]]
