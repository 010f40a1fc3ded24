"""Hits of a calibration with recoils of known direction, in the detector of config/remedies.yaml.

The file for config/remedies/labelled.yaml: simulated recoils of 50 keV in random directions behind
the response `hidden`. Columns: event, x, y, z [um], charge [electrons], and the true direction dx,
dy, dz. Usage: python benchmarks/labelled_hits.py [--events N] [--seed N].
"""

from pathlib import Path

import numpy as np
import pandas as pd
from options import parsed

from pipeline.core.files import atomic_write
from pipeline.core.seeds import generator
from pipeline.gas.config.sources import Simulation
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.voxels.shards import concatenate, voxel_centres
from pipeline.gas.voxels.views import make_views
from pipeline.study import read_config

CONFIG = Path("config/remedies.yaml")
FILE = Path("results-remedies/labelled.parquet")


def main() -> None:
    """Write the file."""
    arguments = parsed(__doc__, events=400, seed=1)
    gas = read_config(CONFIG).paths["gas"].block
    source = gas.sources["detector"]
    assert isinstance(source, Simulation)
    source = source.model_copy(update={"events_per_energy": arguments.events})
    rng = generator(arguments.seed, "labelled hits")
    views = []
    for raw in simulated_batches(source, rng):
        tracks = complete(raw, source.defaults(), raw.source_event, "labelled")
        views.append(make_views(tracks, "labelled", gas.grid, gas.responses["hidden"], rng)[0])
    batch = concatenate(views)
    owner = np.repeat(np.arange(len(batch)), batch.occupied_voxels)
    centres_um = voxel_centres(batch.voxels, gas.grid.bins) * gas.grid.cell_um
    table = pd.DataFrame({"event": owner, **dict(zip("xyz", centres_um.T, strict=True))})
    table["charge"] = batch.counts
    table[["dx", "dy", "dz"]] = batch.direction[owner]
    FILE.parent.mkdir(exist_ok=True)
    with atomic_write(FILE) as temporary:
        table.to_parquet(temporary)
    print(f"{FILE}: {len(batch)} events")


if __name__ == "__main__":
    main()
