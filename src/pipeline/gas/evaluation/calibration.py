"""Calibration of a network's densities, for each test set and energy, and on all together."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.evaluation import Evaluation
from pipeline.gas.evaluation.start import start_numbers
from pipeline.gas.voxels.shards import with_true_start
from pipeline.statistics.directional.calibration import (
    kappa_angle_histogram,
    kappa_calibration,
    kappa_edges,
)
from pipeline.statistics.directional.coverage import (
    calibration_numbers,
    head_tail_table,
    pit_histogram,
)
from pipeline.statistics.directional.predictions import START, read_predictions

ALL = "all together"
# A test set of more energies than these is taken as a whole.
MOST_ENERGIES = 5


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The calibration tables of a network, and `start`, that of the start of the track.

    `test_sets` has the number of shards by name of the test set, in the order of the files.
    """
    settings = Evaluation.model_validate(params["evaluation"])
    tables = dict(
        zip(params["test_sets"], map(read_predictions, inputs["predictions"]), strict=True)
    )
    every: pd.DataFrame = pd.concat(tables.values(), ignore_index=True)
    edges = kappa_edges(every, settings.kappa_bins, settings.kappa_quantile)
    return {
        "histogram": kappa_angle_histogram(every, edges, settings.angle_bins),
        "calibration": kappa_calibration(every, edges, settings.minimum_events),
        **density_tables(tables),
        "start": start_table(tables, params["test_sets"], inputs["shards"]),
    }


def start_table(
    tables: Mapping[str, pd.DataFrame], numbers: Mapping[str, int], shards: Sequence[str]
) -> pd.DataFrame:
    """`start_numbers` of each test set and energy, from prediction tables by test set.

    `numbers` has how many of the shards belong to each test set. No rows if no start is predicted.
    """
    files, rows = iter(shards), []
    for test, table in tables.items():
        own = [next(files) for _ in range(numbers[test])]
        if table[START].notna().any(axis=None):
            table = with_true_start(table, own)
        rows += [
            start_numbers(group).assign(test_set=test, energy_keV=energy_keV)
            for _, energy_keV, group in _groups({test: table})
        ]
    return pd.concat(rows, ignore_index=True).pipe(_labels_first)


def density_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Numbers, PITs and head-tail of the densities, from prediction tables by test set.

    Returns:
        Tables that begin with test_set and energy_keV: `test_sets` with one row of
        `calibration_numbers` for each, `pit` (`pit_histogram`) and `head_tail`
        (`head_tail_table`). The energy is NaN for a set of many energies. Rows of all test sets
        together follow if there are several.
    """
    made: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "test_sets": lambda table: pd.DataFrame([calibration_numbers(table)]),
        "pit": pit_histogram,
        "head_tail": head_tail_table,
    }
    groups = list(_groups(tables))
    return {
        name: pd.concat(
            [
                function(group).assign(test_set=test, energy_keV=energy_keV)
                for test, energy_keV, group in groups
            ],
            ignore_index=True,
        ).pipe(_labels_first)
        for name, function in made.items()
    }


def _groups(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, float, pd.DataFrame]]:
    """Test set, energy and events of each row."""
    for test, table in tables.items():
        if table["energy_keV"].nunique() > MOST_ENERGIES:
            yield test, float("nan"), table
            continue
        for energy_keV in sorted(table["energy_keV"].unique()):
            yield test, float(energy_keV), table[table["energy_keV"] == energy_keV]
    if len(tables) > 1:
        yield ALL, float("nan"), pd.concat(tables.values(), ignore_index=True)


def _labels_first(table: pd.DataFrame) -> pd.DataFrame:
    labels = ["test_set", "energy_keV"]
    return table[[*labels, *table.columns.difference(labels, sort=False)]]
