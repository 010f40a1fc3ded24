"""The simulation of clusters as a stage: one part of a sample as a shard."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.files import atomic_write
from pipeline.core.ingestion import EVENTS_PER_PART
from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.emulsion.clusters.simulate import Batch, simulate
from pipeline.emulsion.clusters.table import BACKGROUND, SIGNAL, Clusters, write_clusters
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import Fog, Gamma, Ion, Recoils

MAX_PARTICLES = 1_000_000  # without a single cluster that is kept

# Counts of a part, one row for each energy.
COUNTS = ("energy_keV", "made", "with_grain", "two_or_more_grains", "kept")


@dataclass(frozen=True)
class Plan:
    """What is simulated in one go: a number of clusters that are kept, or of particles."""

    sample: Ion | Fog | Gamma
    clusters: float = np.inf
    particles: float = np.inf

    @property
    def energy_keV(self) -> float | None:
        """Energy of all particles; None if they have several or none."""
        return self.sample.energy_keV if isinstance(self.sample, Ion) else None


def plans(block: Ion | Fog | Gamma | Recoils) -> list[Plan]:
    """What a part of a sample is made of."""
    if isinstance(block, Recoils):
        return [Plan(sample, particles=block.recoils) for sample in block.of_each_energy()]
    return [Plan(block, clusters=block.clusters)]


def write_simulated(
    shard: str | Path,
    counts: str | Path,
    block: Ion | Fog | Gamma | Recoils,
    detector: Detector,
    seed: int,
    sample: str,
    part: str,
    index: int,
) -> None:
    """Simulate a part of a sample, and count the particles it comes from (JSON, `COUNTS`).

    The counts: particles made, of these with a grain, with two grains or more in their cluster, and
    kept. Where a number of clusters is asked for, some more are kept than are written: the last
    batch is complete. Random numbers depend on the seed, the sample and the part; each part has its
    own crystals and is a plate of its own.

    Raises:
        ValueError: no cluster is kept.
    """
    rows: list[dict[str, Any]] = []

    def batches() -> Iterator[Clusters]:
        rng = generator(seed, "emulsion", "clusters", sample, part)
        wanted = None if isinstance(block, Recoils) else block.clusters
        progress = Progress(f"clusters of {sample}", wanted, "clusters")
        first = 0
        for plan in plans(block):
            counted = dict.fromkeys(COUNTS[1:], 0)
            rows.append({COUNTS[0]: plan.energy_keV, **counted})
            for batch, n in _simulated(plan, detector, rng, rows[-1], sample):
                progress.update(n)
                number = first + np.arange(n)
                first += n
                yield Clusters(
                    event_id=index * EVENTS_PER_PART + number,
                    source_event=number,
                    plate=np.full(n, f"{sample}/{part}"),
                    label=np.full(n, SIGNAL if block.signal else BACKGROUND),
                    particle=np.full(n, block.particle),
                    energy_keV=batch.energies_keV[:n],
                    direction=batch.directions[:n],
                    grains=batch.grains[:n],
                    focus_nm=batch.focus_nm[:n],
                    images=batch.images[:n],
                )
        progress.finish()

    camera = detector.camera
    write_clusters(shard, batches(), camera.pixels, camera.pixel_nm, {"sample": sample})
    with atomic_write(counts) as temporary:
        temporary.write_text(json.dumps(rows, indent=1))


def _simulated(
    plan: Plan, detector: Detector, rng: np.random.Generator, row: dict[str, Any], sample: str
) -> Iterator[tuple[Batch, int]]:
    """Yield batches and how many of their clusters are wanted; count them in `row`."""
    left = plan.clusters
    for batch in simulate(plan.sample, detector, rng, plan.particles):
        n = int(min(len(batch.images), left))
        left -= n
        row["made"] += batch.particles
        row["with_grain"] += batch.clusters
        row["two_or_more_grains"] += batch.several
        row["kept"] += len(batch.images)
        if n:
            yield batch, n
        if not left:
            break
        if not row["kept"] and row["made"] >= MAX_PARTICLES:
            raise ValueError(
                f"{sample}: none of {row['made']} particles makes a cluster that is kept; reduce "
                "`min_peak_counts` or `half_sensitivity_keV` of its detector, or increase the "
                "energy"
            )
