"""Numbers of events read, rejected and contained in the grid, by voxel set and source."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd

from pipeline.core.tables import Inputs, Params

COLUMNS = ["read", "rejected", "tracks", "not_contained", "kept"]


def containment_table(tracks: list[Path], voxels: list[Path]) -> pd.DataFrame:
    """One row for each voxel set and source, from the counts beside track tables and shards.

    Columns: set, source, read and rejected (at ingest), tracks, not_contained, kept,
    contained_fraction and its binomial error, dropped_hits. Paths end in {source}/{part}.json and
    {set}/{source}/{part}.json. Measured events have no track table: their usable events count as
    tracks. Only they have dropped hits.
    """
    ingested: dict[str, Counter[str]] = defaultdict(Counter)
    for path in tracks:
        ingested[path.parent.name].update(_counts(path))
    rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for path in voxels:
        counts = _counts(path)
        if "dropped_hits" in counts:
            counts |= {"tracks": counts["kept"], "kept": counts["contained"]}
        else:
            counts |= {"tracks": counts.pop("read")}
        rows[path.parent.parent.name, path.parent.name].update(counts)
    table = pd.DataFrame(
        [
            {"set": name, "source": source, **ingested[source], **counts}
            for (name, source), counts in rows.items()
        ],
        columns=["set", "source", *COLUMNS, "dropped_hits"],
    )
    fraction = table["kept"] / table["tracks"]
    table.insert(7, "contained_fraction", fraction)
    error = (fraction * (1 - fraction) / table["tracks"]) ** 0.5
    table.insert(8, "contained_fraction_err", error)
    return table.astype({"dropped_hits": "Int64"})


def _counts(path: Path) -> dict[str, int]:
    counts = json.loads(path.read_text())
    return {k: v for k, v in counts.items() if isinstance(v, int)}


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The table from the counts beside track tables and shards."""
    tracks, voxels = ([Path(path) for path in inputs[name]] for name in ("tracks", "voxels"))
    return {"table": containment_table(tracks, voxels)}
