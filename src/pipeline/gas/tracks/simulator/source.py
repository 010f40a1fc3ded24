"""The simulator as a track source: batches of simulated recoils."""

from collections.abc import Iterator

import numpy as np

from pipeline.gas.config.sources import GasMixture, Simulation
from pipeline.gas.tracks.raw import BATCH_EVENTS, RawBatch
from pipeline.gas.tracks.simulator.gas import Gas
from pipeline.gas.tracks.simulator.transport import simulate_tracks

ZERO_CELSIUS_K = 273.15


def simulated_batches(source: Simulation, rng: np.random.Generator) -> Iterator[RawBatch]:
    """Yield the events of a source with one energy, in batches.

    Raises:
        ValueError: unknown gas component, or energy outside the simulator's range.
    """
    (energy_keV,) = source.energies_keV
    gas = as_gas(source.gas)
    for first in range(0, source.events_per_energy, BATCH_EVENTS):
        events = min(BATCH_EVENTS, source.events_per_energy - first)
        offsets, positions_um, times_ps = simulate_tracks(
            gas, energy_keV, events, rng, source.deflection
        )
        yield RawBatch(
            source_event=first + np.arange(events),
            offsets=offsets,
            positions_um=positions_um,
            times_ps=times_ps,
        )


def as_gas(mixture: GasMixture) -> Gas:
    """The simulator's gas of a config block."""
    return Gas(
        components=tuple(mixture.fractions.items()),
        temperature_K=mixture.temperature_C + ZERO_CELSIUS_K,
        pressure_torr=mixture.pressure_torr,
    )
