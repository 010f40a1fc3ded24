"""Where every result lies: paths, and which parts, shards and methods a config asks for.

The rules take all their paths and expansions from here.
"""

import glob
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config.schema import TRAINING, Config
from pipeline.config.sources import Arrows, DegradRun, FileSource, Simulation, Source


@dataclass(frozen=True)
class Part:
    """A part of a track source: one job, one file."""

    index: int
    name: str
    block: Source  # the source, restricted to this part


def parts(config: Config, source: str) -> list[Part]:
    """The parts of a track source, in their fixed order.

    A part's block says nothing of the other parts: more events or files leave it as it was.

    Raises:
        FileNotFoundError: a pattern of a file source matches nothing.
    """
    block = config.sources[source]
    pieces: list[tuple[str, dict[str, Any]]]
    if isinstance(block, Simulation):
        pieces = [
            (f"{energy:g}keV", {"energies_keV": [energy], "events_per_energy": n})
            for energy in block.energies_keV
            for n in _chunks(block.events_per_energy, block.events_per_part)
        ]
    elif isinstance(block, Arrows):
        pieces = [("arrows", {"events": n}) for n in _chunks(block.events, block.events_per_part)]
    elif isinstance(block, DegradRun):
        pieces = [("run", {"jobs": 1}) for _ in range(block.jobs)]
    else:
        pieces = [(_stem(file), {"files": [file]}) for file in _files(block, source)]
    return [
        Part(i, f"{i:04d}_{name}", block.model_copy(update=update))
        for i, (name, update) in enumerate(pieces)
    ]


def find_part(config: Config, source: str, name: str) -> Part:
    """The part of that name."""
    return next(part for part in parts(config, source) if part.name == name)


def part_input(config: Config, source: str, part: Part) -> list[str]:
    """The file a part is read from: the user's, or what a Degrad run left; none if generated."""
    if isinstance(part.block, DegradRun):
        return [f"{config.results}/degrad/{source}/{part.name}.DEGRAD.OUT.gz"]
    return list(part.block.files) if isinstance(part.block, FileSource) else []


def tracks(config: Config, source: str) -> list[str]:
    """Track tables of a source."""
    return [f"{config.results}/tracks/{source}/{p.name}.parquet" for p in parts(config, source)]


def shards(config: Config, voxel_set: str) -> list[str]:
    """Voxel shards of the training set or of a test set."""
    return [
        f"{config.results}/voxels/{voxel_set}/{source}/{part.name}.parquet"
        for source in set_sources(config, voxel_set)
        for part in parts(config, source)
    ]


def set_sources(config: Config, voxel_set: str) -> list[str]:
    """Track sources of the training set or of a test set."""
    block = config.training_set if voxel_set == TRAINING else config.test_sets[voxel_set]
    return block.sources


def voxel_sets(config: Config) -> list[str]:
    """The training set and the test sets."""
    return [TRAINING, *config.test_sets]


def sources_of_kind(config: Config, kind: str) -> list[str]:
    """Names of the track sources of one kind."""
    return [name for name, block in config.sources.items() if block.kind == kind]


def _chunks(total: int, size: int) -> list[int]:
    return [min(size, total - first) for first in range(0, total, size)]


def _files(block: FileSource, source: str) -> list[str]:
    found = []
    for pattern in block.files:
        matches = sorted(glob.glob(pattern, recursive=True))
        if not matches:
            raise FileNotFoundError(
                f"sources.{source}.files: nothing matches '{pattern}' "
                f"(seen from {Path.cwd().name}/)"
            )
        found.extend(matches)
    return found


def _stem(file: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", Path(file).name.split(".")[0])
