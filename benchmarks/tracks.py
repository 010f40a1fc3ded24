"""Simulated tracks for benchmarks."""

from pipeline.core.seeds import generator
from pipeline.gas.config.sources import Simulation, SourceDefaults
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.tracks.table import TrackBatch


def simulated(
    events: int, energy_keV: float, *identity: str | int, deflection: str = "degrad"
) -> list[TrackBatch]:
    """Tracks of one energy in 70 % He : 30 % CO2; their random numbers follow from `identity`."""
    source = Simulation.model_validate(
        {
            "kind": "simulation",
            "energies_keV": [energy_keV],
            "events_per_energy": events,
            "deflection": deflection,
        }
    )
    raw = simulated_batches(source, generator(1, *identity))
    return [complete(r, SourceDefaults(energy_keV), r.source_event, str(identity[0])) for r in raw]
