"""Simulated clusters: from particles to the images that are kept."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.emulsion.clusters.camera import record
from pipeline.emulsion.clusters.crystals import pack
from pipeline.emulsion.clusters.filaments import grow
from pipeline.emulsion.clusters.grains import one_cluster, with_chance_fog
from pipeline.emulsion.clusters.light import expose
from pipeline.emulsion.clusters.particles import particles
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import Fog, Gamma, Ion

# Particles of the first batch. Batches grow until they give enough clusters to share the overhead.
BATCH_PARTICLES, MAX_BATCH = 512, 4096
ENOUGH_CLUSTERS = 200


@dataclass(frozen=True)
class Batch:
    """Particles, and the clusters of them that are kept."""

    particles: int
    clusters: int  # with a grain
    several: int  # with two grains or more
    images: NDArray[np.uint8]  # [n, 8, rows, columns]
    energies_keV: NDArray[np.float64]  # [n], of the particles; NaN for fog
    directions: NDArray[np.float64]  # [n, 3], initial; NaN for fog
    grains: NDArray[np.int64]  # [n], grains of the cluster
    focus_nm: NDArray[np.float64]  # [n], focal plane above the cluster's mean


def simulate(
    sample: Ion | Fog | Gamma,
    detector: Detector,
    rng: np.random.Generator,
    total: float = math.inf,
) -> Iterator[Batch]:
    """Yield batches of particles, `total` of them or without end, in one packing of crystals."""
    packing = pack(detector.crystals, rng)
    clustering = detector.clustering
    n = BATCH_PARTICLES
    while total > 0:
        n = int(min(n, total))
        total -= n
        made = particles(sample, detector, packing, n, rng)
        clusters = one_cluster(made.grains, clustering.link_nm, rng)
        index = np.flatnonzero(np.diff(clusters.offsets))
        clusters = with_chance_fog(clusters.take(index), clustering, detector.crystals, rng)
        segments = grow(clusters, detector.development, detector.light, rng)
        light, focus = expose(segments, detector.light, detector.optics, detector.camera, rng)
        images, kept = record(light, detector.camera, rng)
        grains = np.diff(clusters.offsets)
        yield Batch(
            n,
            len(grains),
            int((grains >= 2).sum()),
            images[kept],
            made.energies_keV[index][kept],
            made.directions[index][kept],
            grains[kept],
            focus[kept],
        )
        if len(grains) < ENOUGH_CLUSTERS:
            n = min(2 * n, MAX_BATCH)
