"""Splits of a public data set: the training set, and test sets like it or shifted from it."""

from collections.abc import Iterator, Sequence

import pandas as pd
import pyarrow as pa

from pipeline.core.parquet_io import open_parquet, read_row_groups, write_batches
from pipeline.gas.config.chain import TRAINING
from pipeline.gas.config.hits import HitSource
from pipeline.gas.config.response import Response
from pipeline.gas.config.sources import DegradRun, FileSource
from pipeline.gas.evaluation.conditions import gas_text, outside
from pipeline.gas.networks.study_card import event_numbers, training_conditions
from pipeline.gas.paths import GasPaths
from pipeline.gas.response.fitted import with_fitted
from pipeline.gas.voxels.shards import ENCODING, EVENTS_PER_ROW_GROUP

# Columns that the data of test sets do not have, and those that their truth does not have.
TRUTH = [f"{name}_{axis}" for name in ("direction", "start") for axis in "xyz"]
SEEN = ["voxels", "counts", "charge", "sigma_um", "energy_keV"]
SPLITS = {
    "split": "name of the training set (train) or of a test set",
    "kind": "training; nominal: within the conditions of the training; or shifted",
    "events": "number of events",
    "sources": "track sources",
    "gas": "gas of the tracks",
    "readout": "smearing, or a readout response",
    "energy_min_keV": "smallest recoil energy",
    "energy_max_keV": "largest recoil energy",
    "sigma_min_um": "smallest smearing",
    "sigma_max_um": "largest smearing",
    "shift": "in what a test set is not within the training; empty if in nothing",
}


def released_sets(paths: GasPaths) -> list[str]:
    """Names of the training set and of the test sets that may be released.

    Raises:
        ValueError: nothing is trained, or the training set or all test sets have tracks from
            files that may not be released.
    """
    if TRAINING not in paths.voxel_sets:
        raise ValueError("this study trains no network; a release needs a training set")
    names = [name for name in paths.voxel_sets if not _withheld(paths, name)]
    if TRAINING not in names or len(names) < 2:
        closed = f"{'all test sets' if TRAINING in names else 'the training set'} of this study"
        raise ValueError(
            f"gas.release.tracks_from_files: {closed} have tracks from files or from Degrad, "
            "which are not released; set this key to true if their licence allows it"
        )
    return names


def _withheld(paths: GasPaths, name: str) -> bool:
    blocks = [paths.block.sources[source] for source in paths.set_sources(name)]
    foreign = any(isinstance(block, FileSource | DegradRun | HitSource) for block in blocks)
    return foreign and not paths.block.release.tracks_from_files


def split_table(paths: GasPaths) -> pd.DataFrame:
    """One row for each released set, with the columns `SPLITS`."""
    trained, known = training_conditions(paths), paths.gases(TRAINING).values()
    rows = []
    for name in released_sets(paths):
        table = event_numbers(paths, name)
        gases = paths.gases(name)
        response = paths.block.response_of(name)
        fitted = response and with_fitted(response, paths.fitted(name))
        if _is_drawn(fitted, trained.response):
            fitted = trained.response
        # A gas that neither set states is the same.
        other = {s: gas for s, gas in gases.items() if gas not in known}
        shifts = outside(trained, paths.block.grid, other, table, fitted)
        shift = "" if name == TRAINING else "; ".join(shifts)
        test = "shifted" if shift else "nominal"
        rows.append(
            {
                "split": name,
                "kind": "training" if name == TRAINING else test,
                "events": len(table),
                "sources": " ".join(gases),
                "gas": " or ".join(dict.fromkeys(map(gas_text, gases.values()))),
                "readout": "response" if response else "smearing",
                "energy_min_keV": table["energy_keV"].min(),
                "energy_max_keV": table["energy_keV"].max(),
                "sigma_min_um": table["sigma_um"].min(),
                "sigma_max_um": table["sigma_um"].max(),
                "shift": shift,
            }
        )
    return pd.DataFrame(rows)


def _is_drawn(response: Response | None, trained: Response | None) -> bool:
    """Whether a response is one of those that training events draw by `vary`."""
    if response is None or trained is None:
        return False
    middle = {name: trained.value(name) for name in trained.vary}
    return response.replaced(middle) == trained.replaced(middle) and all(
        low <= response.value(name) <= high for name, (low, high) in trained.vary.items()
    )


def write_split(shards: Sequence[str], path: str, without: Sequence[str] = ()) -> None:
    """Join the shards of a set in one file, without some columns; see `gas.voxels.shards`."""
    with open_parquet(shards[0], "voxel shard") as file:
        whole = file.schema_arrow
    columns = [name for name in whole.names if name not in without]
    schema = pa.schema([whole.field(name) for name in columns], whole.metadata)
    encoding = ENCODING["column_encoding"] if "voxels" in columns else None
    write_batches(
        path,
        _row_groups(shards, columns),
        schema,
        EVENTS_PER_ROW_GROUP,
        use_dictionary=ENCODING["use_dictionary"],
        column_encoding=encoding,
    )


def _row_groups(shards: Sequence[str], columns: Sequence[str]) -> Iterator[pa.Table]:
    for shard in shards:
        for table in read_row_groups(shard, "voxel shard", columns):
            yield table.select(list(columns))
