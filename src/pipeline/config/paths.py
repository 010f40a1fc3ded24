"""Types of the keys that hold paths: `~` and `$VAR` are replaced, each file has one spelling.

Snakemake compares paths as text: `x`, `./x` and `x/` would be three results folders.
"""

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

VARIABLE = re.compile(r"\$(\w+|\{\w+\})")
BRACES = re.compile(r"[{}]")  # Snakemake takes them for wildcards
# Snakemake's lists of files have a path in each line.
UNUSABLE = re.compile(r"[{}\x00-\x1f\x7f]|^[\s-]|\s$")


def expanded(path: str) -> str:
    """The path with `~` and `$VAR` replaced, as a shell does it.

    Raises:
        ValueError: there is no such user, or a variable is not set.
    """
    from_home = os.path.expanduser(path)
    if from_home.startswith("~"):
        raise ValueError(f"'{path}': there is no user of the name behind ~; write the path out")
    return VARIABLE.sub(lambda found: _value(found[1].strip("{}"), path), from_home)


def normal(path: str) -> str:
    """The path without `./`, `//` and a `/` at its end; `..` stays, links decide what it means.

    Raises:
        ValueError: it is a URL.
    """
    if re.match(r"\w+://", path):
        raise ValueError(f"'{path}' is a URL; copy the file to a disk of this machine")
    return re.sub("^//", "/", str(Path(path)))


def _value(variable: str, path: str) -> str:
    if variable not in os.environ:
        raise ValueError(
            f"'{path}': the environment has no variable '{variable}'; set it or write the path out"
        )
    return os.environ[variable]


def _input_path(path: str) -> str:
    # A file's own name may have a `$`: what a pattern has found comes here again, in a job.
    file = normal(path if os.path.lexists(path) else expanded(path))
    if BRACES.search(file):
        raise ValueError(
            f"'{path}': Snakemake cannot read files with braces in their names; rename the file. "
            "Patterns know *, ?, ** and [abc], not {a,b}"
        )
    return file


def _results_folder(path: str) -> str:
    folder = normal(expanded(path))
    if folder == ".":
        raise ValueError(f"'{path}' is the working directory; name a folder of its own")
    if found := UNUSABLE.search(folder):
        raise ValueError(
            f"{path!r}: {found[0]!r} cannot stand there; use no braces, tabs or line breaks, and "
            "no '-' or blank at the beginning, no blank at the end"
        )
    return folder


InputPath = Annotated[str, AfterValidator(_input_path)]  # or a glob pattern
ResultsFolder = Annotated[str, AfterValidator(_results_folder)]
# Without a `/` it is looked for in PATH, so `./` must stay.
Program = Annotated[str, AfterValidator(expanded)]
