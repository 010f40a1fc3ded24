"""Summaries of events that a response makes of simulated tracks, with common random numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.core.seeds import generator
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.moments import event_summaries
from pipeline.gas.response.respond import respond
from pipeline.gas.tracks.table import Electrons, TrackBatch
from pipeline.gas.voxels.binning import random_rotations


@dataclass(frozen=True)
class Sample:
    """Summaries of n events that have voxels."""

    values: np.ndarray  # float64 [n, summaries]
    energy_keV: np.ndarray  # float32 [n]

    def __len__(self) -> int:
        return len(self.values)


def sample(
    voxels: np.ndarray, charge: np.ndarray, offsets: np.ndarray, bins: int, energy_keV: np.ndarray
) -> Sample:
    """The sample of ragged events, see `event_summaries`; those without voxels are left out."""
    values = event_summaries(voxels, charge, offsets, bins)
    hit = np.diff(offsets) > 0
    return Sample(values[hit], energy_keV[hit])


def joined(samples: Sequence[Sample]) -> Sample:
    """The samples in one."""
    return Sample(
        np.concatenate([s.values for s in samples]), np.concatenate([s.energy_keV for s in samples])
    )


@dataclass(frozen=True)
class Model:
    """Simulated tracks, turned to isotropic directions, in a readout with free parameters.

    Each call draws the same random numbers for the same tracks, so that the summaries at
    neighbouring values of the parameters differ by little noise.
    """

    tracks: Sequence[TrackBatch]
    response: Response
    grid: Grid
    seed: int

    def sample(self, values: Mapping[str, float], share: float = 1.0) -> Sample:
        """The events with these values of parameters, from a share of the tracks of every batch."""
        response = self.response.replaced(dict(values))
        return joined(
            [
                self._batch(tracks, number, response, int(np.ceil(share * len(tracks))))
                for number, tracks in enumerate(self.tracks)
            ]
        )

    def _batch(self, tracks: TrackBatch, number: int, response: Response, events: int) -> Sample:
        rng = generator(self.seed, "detector fit", number)
        rotation = random_rotations(len(tracks), rng)[:events]
        offsets = tracks.offsets[: events + 1]
        electrons = Electrons(tracks.positions_um[: offsets[-1]], offsets)
        seen = respond(electrons, response, self.grid, rng, rotation)
        energy_keV = tracks.energy_keV[:events]
        return sample(seen.voxels, seen.charge, seen.offsets, self.grid.bins, energy_keV)
