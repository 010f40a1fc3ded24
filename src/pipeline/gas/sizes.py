"""Rough sizes of track tables and voxel shards, by which a run finds out whether the disk has room.

Measured on tracks of 40 to 50 keV in He:CO2. A track table holds every electron, so its size goes
with energy.
"""

import os

from pipeline.config.model import Block
from pipeline.gas.config.sources import Arrows, DegradRun, FileSource, Simulation

SIMULATED_PER_KEV = 290  # 11.8 kB a track of 40 keV, 14.5 kB at 50 keV
DEGRAD_PER_KEV = 360  # 14.4 kB at 40 keV, 18.2 kB at 50 keV
DEGRAD_OUTPUT_PER_KEV = 1250  # gzipped: 598 kB for 12 tracks of 40 keV
ARROW_PER_POINT = 11
# Track table in units of the file that it is read from, for each kind of source.
OF_FILE = {"root": 0.6, "parquet": 1.2, "degrad": 0.07}
OF_COMPRESSED_DEGRAD = 0.29
# 0.6 kB (200 um) to 0.9 kB (443 um) a track of 40 keV
SHARD_OF_TRACKS = 0.06


def track_bytes(part: Block) -> float:
    """Size of the track table of a part of a source; 0 for a kind that is not known here."""
    if isinstance(part, Simulation):
        return SIMULATED_PER_KEV * sum(part.energies_keV) * part.events_per_energy
    if isinstance(part, Arrows):
        return ARROW_PER_POINT * part.points * part.events
    if isinstance(part, DegradRun):
        return DEGRAD_PER_KEV * part.energy_keV * part.events_per_job
    if isinstance(part, FileSource):
        of_files = sum(_share(file, part) * os.path.getsize(file) for file in part.files)
        if part.max_events is None or not part.energies():
            return of_files
        return min(of_files, DEGRAD_PER_KEV * part.energies()[0] * part.max_events)
    return 0


def degrad_output_bytes(part: Block) -> float:
    """Size of the output of a run of the user's Degrad; 0 for other sources."""
    if not isinstance(part, DegradRun):
        return 0
    return DEGRAD_OUTPUT_PER_KEV * part.energy_keV * part.events_per_job


def _share(file: str, source: FileSource) -> float:
    kind = str(getattr(source, "kind", ""))
    compressed = kind == "degrad" and file.endswith((".gz", ".zst"))
    return OF_COMPRESSED_DEGRAD if compressed else OF_FILE.get(kind, 0)
