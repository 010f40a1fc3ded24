"""The stream of simulated tracks: new ones in every epoch, of the same physics as stored ones."""

from dataclasses import fields

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.sources import Simulation
from pipeline.gas.config.voxels import Grid
from pipeline.gas.tracks.simulator.source import as_gas
from pipeline.gas.tracks.simulator.transport import simulate_tracks
from pipeline.gas.voxels import stream
from pipeline.gas.voxels.epochs import epoch_batches
from pipeline.gas.voxels.shards import VoxelBatch, concatenate
from pipeline.gas.voxels.stream import stream_events

GRID = Grid(bins=120, voxel_um=500.0)
SETTINGS = TrainingSet(sources=["few", "many"], smearing_um=200, validation_fraction=0.2)
SOURCES = {
    "many": Simulation(kind="simulation", energies_keV=[10, 20], events_per_energy=300),
    "few": Simulation(kind="simulation", energies_keV=[15], events_per_energy=150),
}
EPOCH_EVENTS = 600  # 0.8 x (2 x 300 + 150)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(stream, "BLOCK_EVENTS", 250)


def events(sources=SOURCES, settings=SETTINGS, grid=GRID, seed=1):
    return stream_events(sources, grid, settings, "net", seed)


def epoch(number, threads=1, **keys):
    rng = np.random.default_rng(number)
    return concatenate(list(epoch_batches(events(**keys), number, 32, threads, rng)))


def test_an_epoch_has_as_many_events_as_the_stored_ones():
    """At 20 keV and less the grid contains nearly every track."""
    found = epoch(1)
    assert 0.98 * EPOCH_EVENTS <= len(found) <= EPOCH_EVENTS
    assert len(set(found.event_id.tolist())) == len(found)


def test_sources_and_energies_have_the_shares_of_the_stored_events():
    found = epoch(1)
    assert set(found.source[found.energy_keV == 15]) == {"few"}
    assert set(found.source[found.energy_keV != 15]) == {"many"}
    numbers = [int((found.energy_keV == energy).sum()) for energy in (10, 15, 20)]
    expected = np.array([0.4, 0.2, 0.4]) * len(found)
    assert stats.chisquare(numbers, expected).pvalue > 1e-3


def test_energies_are_mixed():
    rng = np.random.default_rng(1)
    for batch in epoch_batches(events(), 1, 64, 1, rng):
        assert len(batch) < 64 or set(batch.energy_keV.tolist()) == {10, 15, 20}


def test_events_are_the_same_however_many_threads():
    one, three = epoch(2, threads=1), epoch(2, threads=3)
    for field in fields(VoxelBatch):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(three, field.name))


def test_tracks_are_new_in_every_epoch_and_seed():
    directions = np.concatenate(
        [epoch(1).direction, epoch(2).direction, epoch(1, seed=2).direction]
    )
    assert len(np.unique(directions, axis=0)) == len(directions)


def test_tracks_are_new_in_every_block():
    found = epoch(1)
    assert len(np.unique(found.direction, axis=0)) == len(found)


@pytest.mark.parametrize("energy_keV", [10, 20])
def test_physics_is_that_of_stored_tracks(energy_keV):
    """The number of electrons, which smearing and binning leave alone."""
    found = epoch(1)
    electrons = np.add.reduceat(found.counts.astype(int), found.offsets[:-1])
    offsets, _, _ = simulate_tracks(
        as_gas(SOURCES["many"].gas), energy_keV, 500, np.random.default_rng(9)
    )
    streamed = electrons[found.energy_keV == energy_keV]
    assert stats.ks_2samp(streamed, np.diff(offsets)).pvalue > 1e-3


def test_identity_follows_sources_grid_and_smearing():
    source = SOURCES["many"]
    changed = source.model_copy(update={"deflection": "kinematic"})
    found = {
        events().identity,
        events(sources={"few": SOURCES["few"]}).identity,
        events(sources={**SOURCES, "many": changed}).identity,
        events(grid=Grid(bins=120, voxel_um=400.0)).identity,
        events(settings=TrainingSet(sources=["few", "many"], smearing_um=300)).identity,
    }
    assert len(found) == 5
    assert events().identity == events().identity
