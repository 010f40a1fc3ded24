"""Training events from newly simulated tracks."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from pipeline.core.digests import fingerprint
from pipeline.core.seeds import generator
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.sources import Simulation, SourceDefaults
from pipeline.gas.config.voxels import Grid
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.voxels.epochs import BLOCK_EVENTS, BlockMaker, TrainingEvents
from pipeline.gas.voxels.shards import VoxelBatch, concatenate
from pipeline.gas.voxels.views import make_views


def stream_events(
    sources: dict[str, Simulation],
    grid: Grid,
    training_set: TrainingSet,
    name: str,
    seed: int,
) -> TrainingEvents:
    """New tracks in every epoch, as many as the sources' training events.

    The source and energy of each track are drawn in proportion to the numbers of stored events.
    Views that the grid does not contain are dropped. Event ids are counted within the epoch.
    """
    kinds = [
        (label, source.model_copy(update={"energies_keV": [energy]}))
        for label, source in sorted(sources.items())
        for energy in source.energies_keV
    ]
    stored = np.array([kind.events_per_energy for _, kind in kinds])
    epoch_events = round(float(stored.sum() * (1 - training_set.validation_fraction)))

    def block(epoch: int, first: int) -> VoxelBatch:
        rng = generator(seed, "stream", name, epoch, first)
        events = min(BLOCK_EVENTS, epoch_events - first)
        numbers = rng.multinomial(events, stored / stored.sum())
        views = []
        for (label, kind), n in zip(kinds, numbers, strict=True):
            for raw in simulated_batches(kind.model_copy(update={"events_per_energy": n}), rng):
                ids = first + np.arange(len(raw))
                tracks = complete(raw, SourceDefaults(energy_keV=kind.energies_keV[0]), ids, label)
                views.append(make_views(tracks, label, grid, training_set.readout, rng)[0])
                first += len(raw)
        return concatenate(views)

    def blocks(epoch: int) -> Iterator[BlockMaker]:
        for first in range(0, epoch_events, BLOCK_EVENTS):
            yield partial(block, epoch, first)

    identity = fingerprint(
        {label: source.plain() for label, source in sources.items()},
        grid.plain(),
        training_set.readout.plain(),
    )
    return TrainingEvents(blocks, 0, identity)
