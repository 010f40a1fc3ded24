"""Rough sizes of cluster shards, by which a run finds out whether the disk has room."""

import os

from pipeline.config.files import EventFiles
from pipeline.config.model import Block
from pipeline.emulsion.config.detector import PLANES, Detector
from pipeline.emulsion.config.samples import Recoils, Simulated

PIXEL = 0.32  # of a simulated image: noise of half a count, compressed


def shard_bytes(part: Block, detector: Detector | None) -> float:
    """Size of the shard of a part of a sample; without a detector it is read from files."""
    if detector and isinstance(part, Simulated | Recoils):
        return _clusters(part) * PLANES * detector.camera.pixels**2 * PIXEL
    return sum(map(os.path.getsize, part.files)) if isinstance(part, EventFiles) else 0


def _clusters(part: Simulated | Recoils) -> int:
    return part.clusters if isinstance(part, Simulated) else part.recoils * len(part.energies_keV)
