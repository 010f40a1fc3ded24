"""Developed grains: from hit crystals to clusters of grains."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtr

from pipeline.core.parquet_io import take_ragged
from pipeline.emulsion.clusters.crystals import Hits
from pipeline.emulsion.config.detector import Clustering, Crystals, Development


@dataclass(frozen=True)
class Grains:
    """Developed grains of n particles or clusters; those of i are rows offsets[i]:offsets[i+1]."""

    offsets: NDArray[np.int64]  # [n + 1]
    centres: NDArray[np.float64]  # [g, 3], of their crystals, nm
    radii: NDArray[np.float64]  # [g], of their crystals, nm
    filaments: NDArray[np.int64]  # [g], 1 or more

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, index: NDArray[np.int64]) -> "Grains":
        """The particles `index` (int [m]), in that order."""
        offsets, rows = take_ragged(self.offsets, index)
        return Grains(offsets, self.centres[rows], self.radii[rows], self.filaments[rows])


def probability(energy_keV: NDArray[np.float64], settings: Development) -> NDArray[np.float64]:
    """Probability that a crystal with this deposited energy develops."""
    logarithm = np.log(energy_keV / settings.half_sensitivity_keV)
    return np.asarray(ndtr(logarithm / settings.sensitivity_width))


def develop(hits: Hits, settings: Development, rng: np.random.Generator) -> Grains:
    """Develop crystals at random by their energies."""
    developed = rng.random(len(hits.energies)) < probability(hits.energies, settings)
    before = np.concatenate([[0], np.cumsum(developed)])
    energy = hits.energies[developed]
    further = rng.poisson(np.maximum(energy / settings.filament_keV - 0.5, 0))
    return Grains(
        before[hits.offsets],
        hits.centres[developed],
        hits.radii[developed],
        np.minimum(1 + further, settings.max_filaments),
    )


def fog(n: int, crystals: Crystals, rng: np.random.Generator) -> Grains:
    """n single fog grains with one filament each, at the origin."""
    return Grains(np.arange(n + 1), np.zeros((n, 3)), _radii(n, crystals, rng), np.ones(n, int))


def with_chance_fog(
    clusters: Grains, settings: Clustering, crystals: Crystals, rng: np.random.Generator
) -> Grains:
    """Add a fog grain near the first grain of some clusters."""
    near = np.flatnonzero(rng.random(len(clusters)) < settings.chance_fog)
    radius, phi = settings.link_nm * np.sqrt(rng.random(len(near))), rng.random(len(near))
    depth = rng.uniform(-settings.fog_depth_nm, settings.fog_depth_nm, len(near))
    away = np.stack(
        [radius * np.cos(2 * np.pi * phi), radius * np.sin(2 * np.pi * phi), depth], axis=1
    )
    first = clusters.offsets[near]
    added = np.zeros(len(clusters), np.int64)
    added[near] = 1
    return Grains(
        clusters.offsets + np.concatenate([[0], np.cumsum(added)]),
        np.insert(clusters.centres, first, clusters.centres[first] + away, axis=0),
        np.insert(clusters.radii, first, _radii(len(near), crystals, rng)),
        np.insert(clusters.filaments, first, 1),
    )


def _radii(n: int, crystals: Crystals, rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.normal(crystals.diameter_nm, crystals.diameter_spread_nm, n) / 2


def one_cluster(grains: Grains, link_nm: float, rng: np.random.Generator) -> Grains:
    """One cluster of each particle, at random; particles without a grain remain empty.

    Grains closer than `link_nm` in the projection on the film are linked.
    """
    chosen = np.zeros(len(grains.radii), bool)
    _choose(grains.offsets, grains.centres, link_nm, rng.random(len(grains)), chosen)
    before = np.concatenate([[0], np.cumsum(chosen)])
    return Grains(
        before[grains.offsets],
        grains.centres[chosen],
        grains.radii[chosen],
        grains.filaments[chosen],
    )


@njit(cache=True, error_model="numpy")
def _choose(offsets, centres, link, number, chosen):  # type: ignore[no-untyped-def]
    """Mark the grains of the chosen cluster of each particle; `number` [n] is uniform in [0, 1)."""
    cluster = np.empty(len(chosen), np.int64)
    for i in range(len(offsets) - 1):
        first, last = offsets[i], offsets[i + 1]
        clusters = 0
        cluster[first:last] = -1
        for seed in range(first, last):
            if cluster[seed] >= 0:
                continue
            cluster[seed] = clusters
            grown = True
            while grown:
                grown = False
                for a in range(first, last):
                    for b in range(first, last):
                        if cluster[a] == clusters and cluster[b] < 0:
                            dx = centres[a, 0] - centres[b, 0]
                            dy = centres[a, 1] - centres[b, 1]
                            if dx * dx + dy * dy < link * link:
                                cluster[b] = clusters
                                grown = True
            clusters += 1
        picked = int(number[i] * clusters)
        for a in range(first, last):
            chosen[a] = cluster[a] == picked
