"""Developed grains of particles: ions, fog and electrons from gamma rays."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pipeline.emulsion.clusters import ions
from pipeline.emulsion.clusters.crystals import BOX_NM, Packing
from pipeline.emulsion.clusters.electrons import electron_energies, electron_hits, end_probability
from pipeline.emulsion.clusters.filaments import isotropic
from pipeline.emulsion.clusters.grains import Grains, develop, fog
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import Beam, Fog, Gamma, Ion
from pipeline.emulsion.elements import IN_CRYSTALS


@dataclass(frozen=True)
class Particles:
    """n particles and their developed grains."""

    energies_keV: NDArray[np.float64]  # [n], initial; NaN for fog
    directions: NDArray[np.float64]  # [n, 3], initial; NaN for fog
    grains: Grains  # of n particles


def particles(
    sample: Ion | Fog | Gamma,
    detector: Detector,
    packing: Packing,
    n: int,
    rng: np.random.Generator,
) -> Particles:
    """n particles of a sample."""
    if isinstance(sample, Fog):
        nan = np.full((n, 3), np.nan)
        return Particles(nan[:, 0], nan, fog(n, detector.crystals, rng))
    if isinstance(sample, Ion):
        directions = _directions(sample.beam, n, rng)
        energies = np.full(n, sample.energy_keV)
        if sample.start == "beam":
            tables, starts = ions.homogeneous(sample.ion), rng.random((n, 3)) * BOX_NM
        else:
            tables = ions.two_phases(sample.ion)
            starts = _points(packing, sample.ion in IN_CRYSTALS, n, rng)
        hits = ions.ion_hits(tables, packing, starts, directions, sample.energy_keV, rng)
    elif isinstance(sample, Gamma):
        directions = isotropic(n, rng)
        p_end = sample.p_end
        if p_end is None:
            p_end = end_probability(sample.source, *sample.delta_keV)
        energies = electron_energies(p_end, *sample.delta_keV, n, rng)
        hits = electron_hits(packing, rng.random((n, 3)) * BOX_NM, directions, energies, rng)
    else:
        assert_never(sample)
    return Particles(energies, directions, develop(hits, detector.development, rng))


def _directions(beam: Beam | None, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return isotropic(n, rng) if beam is None else np.tile(beam.direction, (n, 1))


def _points(
    packing: Packing, in_crystals: bool, n: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Uniform points [n, 3] within crystals or within gelatin, nm."""
    edge = len(packing.voxels)
    points = rng.random((n, 3))
    while len(again := np.flatnonzero(_in_crystals(packing, points * edge) != in_crystals)):
        points[again] = rng.random((len(again), 3))
    return points * BOX_NM


def _in_crystals(packing: Packing, voxels: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points [n, 3] of the box, in voxels, are in a crystal."""
    x, y, z = voxels.astype(np.int64).T
    return packing.voxels[x, y, z] >= 0
