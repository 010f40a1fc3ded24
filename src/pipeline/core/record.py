"""The provenance record of a study's tables."""

import json
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.core.digests import all_modules, code_digest, file_digest, fingerprint
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

AGAIN = "delete it and run the study again"


def record(config: dict[str, Any], tables: Sequence[str], scripts: str | Path) -> dict[str, Any]:
    """Config, seed, code, versions, hardware and the digest of every table.

    The digest of a table detects a changed table. The record holds no time and no machine name:
    the same work on the same kind of machine gives the same record.

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


def read_record(path: str | Path) -> dict[str, Any]:
    """The provenance record of a file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no such record.
    """
    try:
        found = json.loads(Path(path).read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: not JSON: {error}; {AGAIN}") from None
    if not isinstance(found, dict) or not isinstance(found.get("config"), dict):
        raise ValueError(f"{path}: no provenance record, which has a block `config`; {AGAIN}")
    return found


def scripts_digest(folder: str | Path) -> str:
    """One digest of all scripts of a folder and of the whole package; see `digests.code_digest`.

    Scripts call most functions by names that rules give them.
    """
    scripts, modules = sorted(Path(folder).glob("*.py")), all_modules()
    return fingerprint({script.name: code_digest(script, *modules) for script in scripts})


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of the packages that its results depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
