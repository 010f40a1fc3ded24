"""The simulation of clusters as a stage: one part of a sample as a shard."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.core.files import atomic_write
from pipeline.core.ingestion import EVENTS_PER_PART
from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.emulsion.clusters.simulate import simulate
from pipeline.emulsion.clusters.table import BACKGROUND, SIGNAL, Clusters, write_clusters
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import Fog, Gamma, Ion

MAX_PARTICLES = 1_000_000  # without a single cluster that is kept


def write_simulated(
    shard: str | Path,
    counts: str | Path,
    block: Ion | Fog | Gamma,
    detector: Detector,
    seed: int,
    sample: str,
    part: str,
    index: int,
) -> None:
    """Simulate `block.clusters` clusters, and count the particles they come from (JSON).

    The counts: particles made, clusters with a grain, clusters with two grains or more, clusters
    kept (some more than are written: the last batch is complete). Random numbers depend on the
    seed, the sample and the part; each part has its own crystals and is a plate of its own.

    Raises:
        ValueError: no cluster is kept.
    """
    made = dict.fromkeys(("particles", "clusters", "two_or_more_grains", "kept"), 0)

    def batches() -> Iterator[Clusters]:
        written = 0
        rng = generator(seed, "emulsion", "clusters", sample, part)
        progress = Progress(f"clusters of {sample}", block.clusters, "clusters")
        for batch in simulate(block, detector, rng):
            n = min(len(batch.images), block.clusters - written)
            made["particles"] += batch.particles
            made["clusters"] += batch.clusters
            made["two_or_more_grains"] += batch.several
            made["kept"] += len(batch.images)
            number = written + np.arange(n)
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
            written += n
            progress.update(n)
            if written == block.clusters:
                break
            if not written and made["particles"] >= MAX_PARTICLES:
                raise ValueError(
                    f"{sample}: none of {made['particles']} particles makes a cluster that is "
                    "kept; reduce `min_peak_counts` or `half_sensitivity_keV` of its detector, or "
                    "increase the energy"
                )
        progress.finish()

    camera = detector.camera
    write_clusters(shard, batches(), camera.pixels, camera.pixel_nm, {"sample": sample})
    with atomic_write(counts) as temporary:
        temporary.write_text(json.dumps(made, indent=1))
