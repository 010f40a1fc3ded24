"""Numbers of events read, rejected and contained in the grid, by voxel set and source."""

import json
from pathlib import Path

import pandas as pd

from pipeline.core.tables import Inputs, Params


def containment_table(tracks: list[Path], voxels: list[Path]) -> pd.DataFrame:
    """One row for each voxel set and source, from the counts beside track tables and shards.

    Columns: set, source, read and rejected (at ingest), tracks, not_contained, kept,
    contained_fraction and its binomial error. Paths end in {source}/{part}.json and
    {set}/{source}/{part}.json.
    """
    ingested = pd.DataFrame([{"source": p.parent.name, **_counts(p)} for p in tracks])
    ingested = ingested.groupby("source", sort=False)[["read", "rejected"]].sum()
    binned = pd.DataFrame(
        [
            {"set": p.parent.parent.name, "source": p.parent.name, "tracks": c["read"], **c}
            for p in voxels
            for c in [_counts(p)]
        ]
    )
    columns = ["tracks", "not_contained", "kept"]
    table = binned.groupby(["set", "source"], sort=False)[columns].sum().reset_index()
    table = table.join(ingested, on="source")
    fraction = table["kept"] / table["tracks"]
    table["contained_fraction"] = fraction
    table["contained_fraction_err"] = (fraction * (1 - fraction) / table["tracks"]) ** 0.5
    return table[["set", "source", "read", "rejected", *columns, *table.columns[-2:]]]


def _counts(path: Path) -> dict[str, int]:
    counts = json.loads(path.read_text())
    return {k: v for k, v in counts.items() if isinstance(v, int)}


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The table from the counts beside track tables and shards."""
    tracks, voxels = ([Path(path) for path in inputs[name]] for name in ("tracks", "voxels"))
    return {"table": containment_table(tracks, voxels)}
