"""The data card of a data set: README.md in its folder."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.tables import read_table
from pipeline.gas.paths import GasPaths
from pipeline.gas.release.croissant import described
from pipeline.gas.release.hub import hub_block

NOT_STATED = "not stated"
SHOWN = ("split", "kind", "events", "sources", "gas", "readout")

TEXT = """{head}
# {title}

Version {version}. {events} events of a training set and {tests} test sets: ionisation electrons of
recoils in a gas, as voxels of a time projection chamber. The task is to find the direction of each
recoil from its voxels.

- Licence: {licence}
- Creators: {creators}
- Cite as: {citation}

## How it was made

By recoil-pipeline {package} (code {code}), pyarrow {pyarrow}, with seed {seed}. `study.yaml` is the
study; this makes it and the data set again, and with the same versions each byte:

    make figures CONFIG=study.yaml
    make release CONFIG=study.yaml

Kinds of the track sources: {kinds}. Electrons are smeared or go through a readout response, tracks
are rotated at random unless `study.yaml` says `rotate: false`, and put into a grid of {bins}^3
voxels of {voxel} about the centre of their charge. Tracks that reach out of the grid are left out.
No event is a measured one. {withheld}

## Splits

{splits}

The data of a split are in `data/SPLIT.parquet`. The data of test sets have no truth: it is in
`truth/SPLIT.parquet`, for the score only. Test sets of the same source hold the same tracks. A
shifted test set is not within the conditions of the training set:

{shifts}

## Columns

{columns}

`source` and `event_id` together name an event of a split. `load.py` reads a file:

    from load import events

    for event in events("data/train.parquet"):
        event["cells"], event["charge"]  # voxels [n, 3] and the electrons in each

## Score

A submission is one table, Parquet or CSV, of all test sets: columns `split`, `source`, `event_id`,
`pred_x`, `pred_y`, `pred_z`; a unit vector for every event.

    python -m pipeline.score_submission FOLDER submission.parquet

The nominal score is the mean of 1 - cos(angle to the true direction) over the nominal test sets,
each with the same weight; the worst-shift score is the largest of the shifted ones. The truth gives
0, isotropic guesses give 1. `baselines.csv` has the study's own methods:

{baselines}

Best-Expected uses the true start of the track; a submission must not. Methods with an efficiency
below 1 leave events out, which a submission must not either.

## Files

`croissant.json` describes them for machines.

{files}
"""


def card(
    paths: GasPaths, splits: pd.DataFrame, digests: Mapping[str, str], record: Mapping[str, Any]
) -> str:
    """The card; `digests` are SHA-256 of files, `record` is the study's provenance record."""
    settings, grid = paths.block.release, paths.block.grid
    columns = _columns(paths.release(f"data/{name}.parquet") for name in splits["split"])
    baselines = read_table(paths.release("baselines.csv"))
    left_out = [name for name in paths.voxel_sets if name not in set(splits["split"])]
    sources = {name for names in splits["sources"] for name in names.split()}
    rows = splits.to_dict("records")
    return TEXT.format(
        head=hub_block(settings, digests, int(splits["events"].sum())),
        title=settings.title,
        version=settings.version,
        events=f"{splits['events'].sum():,}",
        tests=len(splits) - 1,
        licence=settings.licence or NOT_STATED,
        creators=", ".join(settings.creators) or NOT_STATED,
        citation=settings.citation or NOT_STATED,
        package=record["versions"]["recoil-pipeline"],
        code=record["code"],
        pyarrow=pa.__version__,
        seed=paths.seed,
        kinds=", ".join(sorted({paths.block.sources[name].kind for name in sources})),
        bins=grid.bins,
        voxel=grid.voxel_text,
        withheld="Not released, because their tracks come from files or from Degrad: "
        f"{', '.join(left_out) or 'none'}.",
        splits=_table(
            (*SHOWN, "energy/keV", "smearing/um"),
            (
                (
                    *(row[name] for name in SHOWN),
                    f"{row['energy_min_keV']:g} to {row['energy_max_keV']:g}",
                    f"{row['sigma_min_um']:g} to {row['sigma_max_um']:g}",
                )
                for row in rows
            ),
        ),
        shifts="\n".join(f"- {row['split']}: {row['shift']}" for row in rows if row["shift"])
        or "There is none here.",
        columns=_table(
            ("column", "type", "meaning"),
            ((column.name, _type(column.type), described(column)) for column in columns),
        ),
        baselines=_table(
            ("split", "method", "1 - cos", "error", "efficiency"),
            (
                (
                    *(row["split"], row["method"], f"{row['cosine_distance']:.4f}"),
                    *(f"{row['cosine_distance_err']:.4f}", f"{row['efficiency']:.3f}"),
                )
                for row in baselines.to_dict("records")
            ),
        ),
        files=_table(("file", "SHA-256"), digests.items()),
    )


def _columns(files: Iterable[str]) -> list[pa.Field]:
    """Every column of some files once; with smearing alone a file has counts, else charges."""
    return list({column.name: column for file in files for column in pq.read_schema(file)}.values())


def _type(kind: pa.DataType) -> str:
    return str(kind.value_type if pa.types.is_dictionary(kind) else kind)


def _table(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    lines: list[Iterable[object]] = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
