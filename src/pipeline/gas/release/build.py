"""Write the public data set of a finished study; the same study gives the same bytes."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.core.digests import sha256
from pipeline.core.files import atomic_write
from pipeline.core.tables import read_table, write_tables
from pipeline.gas.config.chain import TRAINING
from pipeline.gas.evaluation.scans import METRICS
from pipeline.gas.networks.study_card import finished_record
from pipeline.gas.paths import GasPaths
from pipeline.gas.release import load
from pipeline.gas.release.card import card
from pipeline.gas.release.croissant import croissant
from pipeline.gas.release.splits import SEEN, TRUTH, released_sets, split_table, write_split

BASELINES = [
    *("split", "method", "events", "efficiency"),
    *(f"{metric}{end}" for metric in METRICS for end in ("", "_err")),
]


def build_release(paths: GasPaths, config: str | Path) -> None:
    """Write the release folder of the study of a config file.

    Raises:
        ValueError: the study is not finished or was made with another config, see
            `finished_record`; or it has nothing to release, see `released_sets`.
    """
    names = released_sets(paths)
    record = finished_record(paths, config, [s for name in names for s in paths.shards(name)])
    # Splits of an earlier release must not stay.
    for folder in ("data", "truth"):
        shutil.rmtree(paths.release(folder), ignore_errors=True)
    tests = [name for name in names if name != TRAINING]
    without: dict[str, tuple[str, list[str]]]
    without = {f"data/{name}.parquet": (name, TRUTH) for name in tests}
    without |= {f"truth/{name}.parquet": (name, SEEN) for name in tests}
    without[f"data/{TRAINING}.parquet"] = (TRAINING, [])
    for file, (name, columns) in without.items():
        write_split(paths.shards(name), paths.release(file), columns)
    splits = split_table(paths)
    tables = {
        "splits": splits,
        "baselines": baselines(read_table(paths.table("summary.csv")), names),
    }
    write_tables({name: paths.release(f"{name}.csv") for name in tables}, tables)
    for file, original in {"load.py": load.__file__, "study.yaml": config}.items():
        with atomic_write(paths.release(file)) as temporary:
            shutil.copyfile(original, temporary)
    files = [*without, "load.py", "study.yaml", *(f"{name}.csv" for name in tables)]
    digests = {file: sha256(paths.release(file)) for file in sorted(files)}
    metadata = croissant(paths, splits, digests)
    _write(paths.release("croissant.json"), json.dumps(metadata, indent=1, sort_keys=True) + "\n")
    _write(paths.release("README.md"), card(paths, splits, digests, record))


def baselines(summary: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows of a study's summary on the released test sets, with the columns `BASELINES`."""
    chosen = summary[summary["test_set"].isin(names)]
    return chosen.rename(columns={"test_set": "split"})[BASELINES]


def _write(path: str, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text)
