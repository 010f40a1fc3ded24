"""Parts of a source of events: one job, one file each, in a fixed order."""

import glob
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config.model import Block
from pipeline.config.paths import BRACES


@dataclass(frozen=True)
class Part:
    """A part of a source."""

    index: int
    name: str
    block: Block  # the source, restricted to this part


def numbered(block: Block, pieces: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, Part]:
    """Parts of a source by name, from the word and the changed keys of each piece, in order."""
    parts = (
        Part(i, f"{i:04d}_{text}", block.model_copy(update=changes))
        for i, (text, changes) in enumerate(pieces)
    )
    return {part.name: part for part in parts}


def file_pieces(patterns: list[str], key: str) -> list[tuple[str, dict[str, Any]]]:
    """A piece for each file of `matching_files`."""
    return [(file_word(file), {"files": [file]}) for file in matching_files(patterns, key)]


def chunks(total: int, size: int) -> list[int]:
    """Events of each part: `size`, in the last part the rest."""
    return [min(size, total - first) for first in range(0, total, size)]


def matching_files(patterns: list[str], key: str) -> list[str]:
    """The files of all patterns, in natural order by pattern; `key` is where the config has them.

    A pattern that is the name of a file, as `run[3].root` may be, means this file.

    Raises:
        FileNotFoundError: a pattern matches no file, or one that Snakemake cannot read.
    """
    found = [file for pattern in patterns for file in _matches(pattern, key)]
    return list(dict.fromkeys(found))  # patterns may overlap; no event counts twice


def _matches(pattern: str, key: str) -> list[str]:
    if os.path.isfile(pattern):
        return [pattern]
    found = [path for path in glob.glob(pattern, recursive=True) if not os.path.isdir(path)]
    if not found:
        problem = f"nothing matches '{pattern}' (seen from {Path.cwd().name}/)"
        if os.path.isdir(pattern):
            problem = f"'{pattern}' is a folder; name its files, for example '{pattern}/*'"
        raise FileNotFoundError(f"{key}: {problem}")
    for path in filter(BRACES.search, found):
        raise FileNotFoundError(
            f"{key}: '{path}': Snakemake cannot read files with braces in their names; rename it"
        )
    return sorted(found, key=_natural)


def word(text: str) -> str:
    """The text as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)


def file_word(path: str) -> str:
    """The name of a file, without its endings, as part of a file name."""
    return word(Path(path).name.split(".")[0])


def _natural(path: str) -> list[str | int]:
    """Sorting key by which run10 follows run9."""
    return [int(t) if t.isdigit() else t for t in re.split(r"(\d+)", path)]
