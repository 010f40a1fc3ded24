"""Files to train a direction network on: a table of simulated tracks and its voxel shard."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.sources import Simulation, SourceDefaults
from pipeline.gas.config.voxels import Grid
from pipeline.gas.tracks.ingest import ingest
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.voxels.stage import voxelise

GRID = Grid(bins=40, voxel_um=1500.0)
SETTINGS = TrainingSet(sources=["made"], smearing_um=300, validation_fraction=0.2)
SOURCE = Simulation(kind="simulation", energies_keV=[20], events_per_energy=400)


@dataclass(frozen=True)
class Files:
    """Paths of the track tables and voxel shards of `SOURCE`."""

    tracks: list[Path]
    shards: list[Path]


def make_files(folder: Path) -> Files:
    """Write one track table and its shard below `folder`."""
    rng = np.random.default_rng(1)
    tracks, shard = folder / "tracks/made/0.parquet", folder / "voxels/made/0.parquet"
    raw = simulated_batches(SOURCE, rng)
    bad = BadEvents("made", "stop")
    counts, summary = (tracks.with_suffix(end) for end in (".json", ".summary.parquet"))
    ingest(raw, SourceDefaults(20.0), bad, 0, tracks, counts, summary)
    counts = shard.with_suffix(".json")
    voxelise(tracks, "made", GRID, SETTINGS.smearing_um, rng, shard, counts)
    return Files([tracks], [shard])
