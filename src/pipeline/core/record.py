"""The record beside a study's tables: what they were made with."""

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.core.digests import code_digest, file_digest, fingerprint
from pipeline.core.hardware import hardware

PACKAGES = (
    "recoil-pipeline",
    "snakemake",
    "torch",
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "pyarrow",
    "nestpy",
    "wimprates",
)


def record(config: dict[str, Any], tables: Sequence[str], scripts: str | Path) -> dict[str, Any]:
    """Config with its seed, code, versions and hardware in use, and the digest of every table.

    The digests say which tables the record speaks of: one that was made again has another.
    No time and no name of a machine: the same work on a like machine leaves the same record.

    Args:
        config: The whole configuration as plain content.
        tables: Paths of the tables.
        scripts: Folder of the workflow's scripts.
    """
    return {
        "seed": config["seed"],
        "code": scripts_digest(scripts),
        "versions": versions(),
        "hardware": hardware(),
        "tables": {table: file_digest(table) for table in tables},
        "config": config,
    }


def scripts_digest(folder: str | Path) -> str:
    """One digest of all scripts of a folder with their modules; see `provenance.code_digest`."""
    scripts = sorted(Path(folder).glob("*.py"))
    return fingerprint({script.name: code_digest(script) for script in scripts})


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of those its results rest on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
