"""The record beside a study's tables: what they were made with."""

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.provenance import code_digest, file_digest, fingerprint, versions


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


def hardware() -> dict[str, Any]:
    """Processor, its logical cores, memory [GiB] and GPUs of the machine that this runs on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(Path("/proc/cpuinfo").read_text()),
        "cores": os.cpu_count(),
        "memory_GiB": round(memory / 2**30, 1),
        "gpus": _gpus(),
    }


def _processor(cpuinfo: str) -> str:
    """The first model name in the kernel's list; the architecture where it names none (ARM)."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine()


def _gpus() -> list[str]:
    """Names of NVIDIA's GPUs: asked of the driver, which needs no CUDA build of PyTorch."""
    if shutil.which("nvidia-smi") is None:
        return []
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.splitlines() if answer.returncode == 0 else []
