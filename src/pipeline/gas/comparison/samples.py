"""Samples of simulated and reference tracks: files, labels, weights and held-out views."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.gas.config.comparison import VoxelClassifier
from pipeline.gas.config.voxels import Grid
from pipeline.gas.tracks.table import read_tracks
from pipeline.gas.voxels.binning import bin_tracks
from pipeline.gas.voxels.shards import VoxelBatch, concatenate
from pipeline.gas.voxels.split import in_validation


@dataclass(frozen=True)
class Samples:
    """Track tables of both samples; their paths end in {source}/{part}.parquet."""

    simulated: Sequence[Path]
    reference: Sequence[Path]

    @property
    def tables(self) -> list[Path]:
        """The tables of both samples."""
        return [*self.simulated, *self.reference]

    @property
    def simulated_sources(self) -> list[str]:
        """Names of the simulated sources."""
        return sorted({path.parent.name for path in self.simulated})

    def is_simulated(self, batch: VoxelBatch) -> np.ndarray:
        """Mask bool [n] of the events whose source is a simulated one."""
        return np.isin(batch.source, self.simulated_sources)


@dataclass(frozen=True)
class Balance:
    """Weights that give both samples the same total at each energy; their mean is 1."""

    energies_keV: np.ndarray  # float32 [k], increasing: energies in both samples
    weights: np.ndarray  # float64 [k, 2]: of reference and simulated events

    def of(self, energy_keV: np.ndarray, is_simulated: np.ndarray) -> np.ndarray:
        """Weights float64 [n] of events; 0 at energies that only one sample has."""
        row = np.searchsorted(self.energies_keV, energy_keV).clip(max=len(self.weights) - 1)
        found = self.energies_keV[row] == energy_keV
        return np.where(found, self.weights[row, is_simulated.astype(int)], 0.0)


def balance(energy_keV: np.ndarray, is_simulated: np.ndarray) -> Balance:
    """Balance the events of both samples; the arguments are arrays [n].

    Raises:
        ValueError: the samples have no energy in common.
    """
    reference, simulated = (np.unique(energy_keV[is_simulated == kind]) for kind in (False, True))
    common = np.intersect1d(reference, simulated)
    if not len(common):
        raise ValueError(
            f"voxel_classifier: simulated views have {simulated.tolist()} keV and reference "
            f"views {reference.tolist()} keV; they need an energy in common"
        )
    events = np.array(
        [
            [np.sum((energy_keV == energy) & (is_simulated == kind)) for kind in (False, True)]
            for energy in common
        ]
    )
    return Balance(common, events.sum(axis=1, keepdims=True) / (2 * events))


def held_out_views(
    tables: Sequence[Path], grid: Grid, settings: VoxelClassifier, seed: int
) -> tuple[VoxelBatch, VoxelBatch]:
    """One fixed view of each contained track of the validation and of the test sample.

    Memory: about 4 kB per view.
    """
    progress = Progress("views of held-out tracks", None, "tracks")
    validation, test = [], []
    for path in tables:
        source = path.parent.name
        rng = generator(seed, "held-out views", source, path.stem)
        for tracks in read_tracks(path):
            views, _ = bin_tracks(tracks, source, grid, settings.smearing_um, rng)
            # One uniform number per track decides: the lowest are validation, the next test.
            first = in_validation(views, seed, settings.validation_fraction)
            held_out = in_validation(views, seed, settings.held_out_fraction)
            validation.append(views.take(np.flatnonzero(first)))
            test.append(views.take(np.flatnonzero(held_out & ~first)))
            progress.update(len(tracks))
    progress.finish()
    return concatenate(validation), concatenate(test)
